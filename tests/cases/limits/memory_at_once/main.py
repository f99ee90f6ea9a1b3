x = bytearray(200 << 20)
