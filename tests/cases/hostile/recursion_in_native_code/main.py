class Again:
    def __repr__(self):
        return repr([self])

try:
    repr(Again())
except RecursionError:
    print("caught")
