console.log("never");
if if
