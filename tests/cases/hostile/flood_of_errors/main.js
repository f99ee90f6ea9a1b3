for (;;) console.error("y");
