const x = "a".repeat(20_000_000);
x.match(/a/g);
