"""The spectral norm of an infinite matrix: generators and float arithmetic (Computer Language Benchmarks Game)."""

from math import sqrt


def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    return [sum(element(i, j) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def times_transposed(vector):
    return [sum(element(j, i) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def norm(n):
    u = [1.0] * n
    for _ in range(5):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    return sqrt(sum(a * b for a, b in zip(u, v)) / sum(b * b for b in v))


print(f"{norm(130):.9f}")
