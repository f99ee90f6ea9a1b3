const text = "a".repeat(1 << 20);
for (;;) text.lastIndexOf("b");
