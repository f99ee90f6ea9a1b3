for (;;) console.log("y");
