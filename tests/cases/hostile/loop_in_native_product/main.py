import itertools
for _ in itertools.product(*[range(100)] * 9):
    pass
