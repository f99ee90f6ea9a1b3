import os
n = 0
while True:
    os.mkdir(f"/tmp/d{n}")
    n += 1
