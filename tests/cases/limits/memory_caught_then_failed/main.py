import sys
try:
    x = bytearray(200 << 20)
except MemoryError:
    sys.exit(9)
