console.log("start");
setTimeout(() => {}, 3_600_000);
