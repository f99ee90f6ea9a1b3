"""Eight queens by brute force over permutations: sets, generators (from the Python benchmark suite)."""

from itertools import permutations


def queens(n):
    columns = range(n)
    for placed in permutations(columns):
        if n == len({placed[i] + i for i in columns}) == len({placed[i] - i for i in columns}):
            yield placed


solutions = [solution for _ in range(3) for solution in queens(8)]
print(len(solutions), solutions[0], solutions[-1])
