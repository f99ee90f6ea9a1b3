import sys
sys.setrecursionlimit(2**31 - 1)

class Again:
    def __getattr__(self, name):
        return getattr(self, name + "x")
    def __eq__(self, other):
        return self == other

try:
    Again() == Again()
except (RecursionError, MemoryError):
    print("caught")
