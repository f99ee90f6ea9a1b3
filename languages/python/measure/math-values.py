"""Values of every function of math and cmath at random arguments, for `math` beside it: math-values.py COUNT SEED FILE"""

import cmath
import math
import random
import struct
import sys

# Ranges of the arguments of functions of one number: small and large ones, and the whole line of doubles.
REAL = {
    'acos': [(-1, 1)], 'acosh': [(1, 10), (1, 1e300)], 'asin': [(-1, 1)], 'asinh': [(-10, 10), (-1e300, 1e300)],
    'atan': [(-10, 10), (-1e10, 1e10)], 'atanh': [(-1, 1)], 'cbrt': [(-10, 10), (-1e300, 1e300)],
    'cos': [(-10, 10), (-1e5, 1e5), (-1e22, 1e22)], 'cosh': [(-10, 10), (-710, 710)], 'erf': [(-6, 6)], 'erfc': [(-6, 27)],
    'exp': [(-10, 10), (-745, 709)], 'exp2': [(-10, 10), (-1074, 1023)], 'expm1': [(-1, 1), (-40, 709)],
    'gamma': [(-20, 20), (0, 170)], 'lgamma': [(-20, 20), (0, 1e5)], 'log': [(0, 10), (0, 1e300)], 'log10': [(0, 10), (0, 1e300)],
    'log1p': [(-1, 1), (-1, 1e300)], 'log2': [(0, 10), (0, 1e300)], 'sin': [(-10, 10), (-1e5, 1e5), (-1e22, 1e22)],
    'sinh': [(-10, 10), (-710, 710)], 'sqrt': [(0, 10), (0, 1e300)], 'tan': [(-10, 10), (-1e5, 1e5), (-1e22, 1e22)],
    'tanh': [(-20, 20)], 'degrees': [(-10, 10)], 'radians': [(-1000, 1000)],
}
# Of two.
PAIRS = {
    'pow': [((0, 10), (-10, 10)), ((0, 1e10), (-30, 30)), ((0.5, 1.5), (-1000, 1000))],
    'atan2': [((-10, 10), (-10, 10)), ((-1e10, 1e10), (-1, 1))], 'fmod': [((-1e10, 1e10), (-10, 10))],
    'hypot': [((-10, 10), (-10, 10)), ((-1e200, 1e200), (-1e200, 1e200))], 'remainder': [((-1e10, 1e10), (-10, 10))],
}
COMPLEX = '''acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh phase'''.split()


def parts(value):
    return (value.real, value.imag) if isinstance(value, complex) else (value,)


def values(count):
    """(name, arguments, function) of `count` calls of each function."""
    for name, ranges in REAL.items():
        function = getattr(math, name)
        for i in range(count):
            x = random.uniform(*ranges[i % len(ranges)])
            yield f'math.{name}', (x,), function
    for name, ranges in PAIRS.items():
        function = getattr(math, name)
        for i in range(count):
            first, second = ranges[i % len(ranges)]
            yield f'math.{name}', (random.uniform(*first), random.uniform(*second)), function
    for i in range(count):
        yield 'float.**', (random.uniform(0, 100), random.uniform(-20, 20)), float.__pow__
    for name in COMPLEX:
        function = getattr(cmath, name)
        for i in range(count):
            size = 2 if i % 2 else 100
            yield f'cmath.{name}', (complex(random.uniform(-size, size), random.uniform(-size, size)),), function
    for i in range(count):
        z = complex(random.uniform(-5, 5), random.uniform(-5, 5))
        yield 'complex.**', (z, complex(random.uniform(-3, 3), random.uniform(-3, 3))), complex.__pow__


def main(count, seed, path):
    random.seed(int(seed))
    before = None
    with open(path, 'wb') as file:
        for name, arguments, function in values(int(count)):
            if name != before:
                file.write(struct.pack('<32s', name.encode()))
                before = name
            try:
                result = function(*arguments)
            except (ValueError, OverflowError, ZeroDivisionError):
                result = complex(math.nan, math.nan)
            found = parts(result)
            file.write(struct.pack('<dd', *(found if len(found) == 2 else (*found, 0.0))))


main(*sys.argv[1:])
