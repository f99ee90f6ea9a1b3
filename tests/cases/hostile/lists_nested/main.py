x = []
for _ in range(40_000):
    x = [x]
try:
    repr(x)
    print("taken")
except RecursionError:
    print("refused")
