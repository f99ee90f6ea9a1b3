process.on("exit", () => { for (;;); });
