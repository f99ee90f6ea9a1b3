import os
n = 0
while True:
    os.symlink("main.py", f"l{n}")
    n += 1
