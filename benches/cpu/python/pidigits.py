"""Digits of pi by a spigot: integers of thousands of digits (Computer Language Benchmarks Game)."""

from itertools import islice


def digits():
    q, r, t, k, n, l = 1, 0, 1, 1, 3, 3
    while True:
        if 4 * q + r - t < n * t:
            yield n
            q, r, n = 10 * q, 10 * (r - n * t), 10 * (3 * q + r) // t - 10 * n
        else:
            q, r, t, k, n, l = q * k, (2 * q + r) * l, t * l, k + 1, (q * (7 * k + 2) + r * l) // (t * l), l + 2


text = "".join(map(str, islice(digits(), 1200)))
print(text[:20], text[-20:], sum(map(int, text)), pow(3, 20_000) % 10**9)
