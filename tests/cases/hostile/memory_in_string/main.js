let x = "ab";
for (;;) x = (x + x).split("").join("");
