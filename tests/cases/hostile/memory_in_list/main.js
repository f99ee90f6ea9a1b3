let x = [0];
for (;;) x = x.concat(x);
