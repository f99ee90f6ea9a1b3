import sys

sys.setrecursionlimit(200_000)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


class Endless:
    def __getattr__(self, name):
        return getattr(self, name + 'x')

    def __repr__(self):
        return f'<{[self]!r}>'

    def __eq__(self, other):
        return [self] == [other]


print(depth(100_000))
for endless in (lambda: Endless().name, lambda: repr(Endless()), lambda: Endless() == Endless()):
    try:
        endless()
    except RecursionError:
        print('RecursionError')
