process.stdout.write('x'.repeat(20_000_000));
for (;;);
