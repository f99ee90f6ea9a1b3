import sys
while True:
    try:
        x = bytearray(1 << 40)
    except BaseException:
        continue
