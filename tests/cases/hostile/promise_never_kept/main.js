console.log("start");
new Promise(() => {}).then(() => console.log("never"));
