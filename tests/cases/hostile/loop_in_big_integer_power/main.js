const x = 3n ** (10n ** 7n);
x ** 3n;
