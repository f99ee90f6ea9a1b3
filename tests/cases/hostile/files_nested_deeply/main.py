import os
n = 0
try:
    for n in range(3000):
        os.mkdir("d")
        os.chdir("d")
except OSError:
    pass
print(n)
