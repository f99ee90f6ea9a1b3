for (let n = 0; n < 300_000; n++) console.log("0123456789abcdef");
