x = bytearray(100 << 20)
for n in range(0, len(x), 4096):
    x[n] = 255
del x
print("done")
