const x = "a".repeat(2 ** 29);
