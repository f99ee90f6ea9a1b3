print(len(bytearray(100 << 20)))
