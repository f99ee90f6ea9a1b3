"""Fannkuch-redux: flips of list prefixes over all permutations (Computer Language Benchmarks Game)."""


def fannkuch(n):
    permutation = list(range(n))
    count = [0] * n
    flips_max = checksum = 0
    remaining, sign = n, 1
    while True:
        if permutation[0]:
            work, flips = permutation[:], 0
            while first := work[0]:
                work[: first + 1] = work[first::-1]
                flips += 1
            flips_max = max(flips_max, flips)
            checksum += sign * flips
        if sign == 1:
            permutation[0], permutation[1] = permutation[1], permutation[0]
            sign = -1
        else:
            permutation[1], permutation[2] = permutation[2], permutation[1]
            sign = 1
            for i in range(2, n):
                if count[i] < i:
                    count[i] += 1
                    break
                if i == n - 1:
                    return checksum, flips_max
                count[i] = 0
                permutation.insert(i + 1, permutation.pop(0))


checksum, flips = fannkuch(9)
print(f"{checksum}\nPfannkuchen(9) = {flips}")
