process.stdout.write(Uint8Array.from({ length: 256 }, (_, n) => n));
process.stderr.write(Uint8Array.of(0xff, 0xfe, 0, 0xc3, 0x28));
