import os
n = 0
while True:
    os.makedirs(f"d{n}/e/f")
    open(f"d{n}/e/f/g", "w").write("x")
    n += 1
