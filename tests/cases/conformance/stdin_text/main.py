import sys
lines = sys.stdin.read().split("\n")
print(f"{len(lines)} lines, the last is {lines[-1]}")
