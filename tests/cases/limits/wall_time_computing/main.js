console.log("start");
while (true);
