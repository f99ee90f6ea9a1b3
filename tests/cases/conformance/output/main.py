import sys
print(1, "two")
print("careful", file=sys.stderr)
print(3.5)
