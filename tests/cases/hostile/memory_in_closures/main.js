let f;
for (;;) f = ((g) => () => g)(f);
