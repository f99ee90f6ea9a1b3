x = []
while True:
    try:
        x.append(bytearray(1 << 16))
    except MemoryError:
        try:
            x.append(bytearray(1 << 10))
        except MemoryError:
            pass
