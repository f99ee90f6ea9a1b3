process.exit(257);
