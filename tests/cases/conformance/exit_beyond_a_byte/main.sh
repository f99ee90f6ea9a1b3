exit 257
