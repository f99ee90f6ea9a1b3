# Primes with a sieve
from itertools import compress


def primes(limit):
    """All primes below `limit`."""
    sieve = bytearray([1]) * limit
    sieve[:2] = b"\0\0"
    for n in range(2, int(limit**0.5) + 1):
        if sieve[n]:
            sieve[n * n :: n] = bytes(len(sieve[n * n :: n]))
    return list(compress(range(limit), sieve))


found = primes(100_000)
print(f"{len(found)} primes, the last is {found[-1]}")
