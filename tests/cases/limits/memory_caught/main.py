x = []
try:
    while True:
        x.append(bytearray(1 << 20))
except MemoryError:
    del x
    print("coped")
