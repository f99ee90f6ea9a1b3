"""What the interpreter is profiled with: the kinds of things that snippets do, in about the proportions they do them.

Each function is one kind. Sizes are chosen so that none of them outweighs the rest; the start of a small program, which is
what most jobs consist of, is repeated most.
"""

import base64
import bisect
import collections
import contextlib
import copy
import csv
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import heapq
import io
import itertools
import json
import math
import operator
import pickle
import random
import re
import statistics
import string
import struct
import textwrap
import traceback
import typing

random.seed(1)


# ---- numbers ----

def recursion():
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    def ackermann(m, n):
        if m == 0:
            return n + 1
        return ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))

    def hanoi(n, a, b, c):
        return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)

    fib(24), ackermann(2, 60), hanoi(14, 'a', 'b', 'c')


def loops():
    total, table = 0, {}
    for i in range(250_000):
        total += i * i % 7
        table[i & 1023] = total
    n = 27
    steps = 0
    for start in range(1, 3000):
        n = start
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
    i = 0
    while i < 200_000:
        i += 1
        if i % 3 == 0:
            continue
        if i > 199_990 and i % 5 == 0:
            break
    return total, steps


def primes():
    sieve = bytearray([1]) * 200_001
    for i in range(2, 448):
        if sieve[i]:
            sieve[i * i::i] = bytes(len(range(i * i, 200_001, i)))
    flags = [True] * 60_000
    for i in range(2, 245):
        if flags[i]:
            for j in range(i * i, len(flags), i):
                flags[j] = False
    found = [n for n in range(2, 5000) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
    return sum(sieve), sum(flags), len(found)


def floats():
    bodies = [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.5], [4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04], [8.3, 4.1, -0.4, -1.0, 1.8, 0.008, 0.01],
              [12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.002], [15.4, -25.9, 0.18, 0.98, 0.6, -0.03, 0.002]]
    for _ in range(1500):
        for i, a in enumerate(bodies):
            for b in bodies[i + 1:]:
                dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
                magnitude = 0.01 / ((dx * dx + dy * dy + dz * dz) ** 1.5)
                a[3] -= dx * b[6] * magnitude
                a[4] -= dy * b[6] * magnitude
                b[3] += dx * a[6] * magnitude
                b[4] += dy * a[6] * magnitude
        for body in bodies:
            body[0] += 0.01 * body[3]
            body[1] += 0.01 * body[4]
    total = 0.0
    for i in range(1, 60_000):
        total += math.sin(i) * math.cos(i) + math.sqrt(i) / (1.0 + math.log(i))
    for y in range(48):
        for x in range(60):
            z = c = complex(x / 30 - 1.5, y / 24 - 1.0)
            for _ in range(30):
                if abs(z) > 2:
                    break
                z = z * z + c
    return total


def matrices():
    n = 60
    a = [[i * j % 7 + 0.5 for j in range(n)] for i in range(n)]
    b = [[sum(x * y for x, y in zip(row, column)) for column in zip(*a)] for row in a]
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += a[i][k] * b[k][j]
            c[i][j] = total

    def element(i, j):
        return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)

    u = [1.0] * 60
    for _ in range(4):
        u = [sum(element(i, j) * u[j] for j in range(60)) for i in range(60)]
    return c


def big_integers():
    a, b = 0, 1
    for _ in range(3000):
        a, b = b, a + b
    digits, k, q, r, t, n, l = [], 1, 1, 0, 1, 3, 3
    while len(digits) < 200:
        if 4 * q + r - t < n * t:
            digits.append(n)
            q, r, n = 10 * q, 10 * (r - n * t), 10 * (3 * q + r) // t - 10 * n
        else:
            q, r, t, k, n, l = q * k, (2 * q + r) * l, t * l, k + 1, (q * (7 * k + 2) + r * l) // (t * l), l + 2
    return len(str(a)), math.factorial(600), pow(3, 10 ** 40, 10 ** 30 + 57), math.gcd(2 ** 200, 6 ** 90), int('9' * 300) % 97


# ---- data ----

def strings():
    words = 'the quick brown fox jumps over the lazy dog and runs away from it all'.split()
    text = ' '.join(random.choice(words) for _ in range(12_000))
    counts = collections.Counter(text.split())
    counts.most_common(5)
    result = ''
    for i in range(20_000):
        result += chr(97 + i % 26)
    palindromes = [w for w in (str(i) for i in range(20_000)) if w == w[::-1]]
    formatted = [f'{i:05d} {i / 3:.3f} {w!r:>8} {i:,} {i:x}' for i, w in enumerate(words * 400)]
    caesar = ''.join(chr((ord(c) - 97 + 3) % 26 + 97) if c.isalpha() else c for c in text[:20_000])
    '%s is %d and %.2f' % ('a', 1, 2.5), 'a,b,c'.split(','), '{} {name}'.format(1, name='x')
    for w in words * 800:
        w.upper().lower().strip().replace('o', '0').startswith('t'), w.find('o'), w.title(), w.center(12), w in text[:100], w.zfill(8)
    text.splitlines(), text.encode().decode(), textwrap.fill(text[:4000], 60), text.count('the')
    'naïve café — ünïcödé ✓'.encode().decode().upper().casefold()
    return palindromes, formatted, caesar, result


def containers():
    numbers = [random.randrange(10_000) for _ in range(20_000)]
    sorted(numbers), sorted(numbers, key=lambda n: -n), sorted(map(str, numbers)), sorted(numbers, reverse=True)
    numbers.index(numbers[-1]), max(numbers), min(numbers), sum(numbers), len(set(numbers)), numbers[::-1]
    groups = collections.defaultdict(list)
    for n in numbers:
        groups[n % 37].append(n)
    {k: sum(v) / len(v) for k, v in groups.items()}
    list(zip(numbers, numbers[1:])), list(enumerate(numbers)), [n for n in numbers if n % 2], {n for n in numbers if n > 50}
    memo = {}
    for a in range(150):
        for b in range(150):
            memo[a, b] = memo.get((a - 1, b), 0) + 1
    memo.pop((1, 1)), list(memo.items())[:10], dict(sorted(memo.items())), {**groups, 'x': 1}
    queue = collections.deque(range(500))
    for _ in range(20_000):
        queue.append(queue.popleft())
    stack = []
    for i in range(20_000):
        stack.append(i)
        if i % 3 == 0:
            stack.pop()
    first, *rest = numbers
    matrix = [[r * c for c in range(60)] for r in range(60)]
    list(map(list, zip(*matrix))), [cell for row in matrix for cell in row], any(n < 0 for n in numbers), all(n >= 0 for n in numbers)
    a, b = set(numbers[:9000]), set(numbers[9000:])
    a & b, a | b, a - b, a ^ b
    for i in range(4000):
        bisect.insort(stack, i)
    return rest


def classic_algorithms():
    def quick(items):
        if len(items) < 2:
            return items
        pivot = items[len(items) // 2]
        return quick([x for x in items if x < pivot]) + [x for x in items if x == pivot] + quick([x for x in items if x > pivot])

    def merge(items):
        if len(items) < 2:
            return items
        middle = len(items) // 2
        left, right = merge(items[:middle]), merge(items[middle:])
        out, i, j = [], 0, 0
        while i < len(left) and j < len(right):
            if left[i] <= right[j]:
                out.append(left[i])
                i += 1
            else:
                out.append(right[j])
                j += 1
        return out + left[i:] + right[j:]

    def bubble(items):
        items = items[:]
        for i in range(len(items)):
            for j in range(len(items) - 1 - i):
                if items[j] > items[j + 1]:
                    items[j], items[j + 1] = items[j + 1], items[j]
        return items

    numbers = [random.random() for _ in range(4000)]
    quick(numbers), merge(numbers), bubble(numbers[:250])
    for _ in range(3000):
        low, high, wanted = 0, len(numbers), random.random()
        while low < high:
            middle = (low + high) // 2
            if numbers[middle] < wanted:
                low = middle + 1
            else:
                high = middle

    def queens(n, row=0, columns=(), falling=(), rising=()):
        if row == n:
            return 1
        return sum(queens(n, row + 1, columns + (c,), falling + (row - c,), rising + (row + c,))
                   for c in range(n) if c not in columns and row - c not in falling and row + c not in rising)

    queens(6)
    graph = collections.defaultdict(list)
    for i in range(3000):
        graph[i % 300].append(((i * 7919) % 300, 1 + i % 9))
    for start in range(8):
        distances, heap = {start: 0}, [(0, start)]
        while heap:
            distance, node = heapq.heappop(heap)
            if distance > distances[node]:
                continue
            for other, weight in graph[node]:
                if distance + weight < distances.get(other, 1 << 30):
                    distances[other] = distance + weight
                    heapq.heappush(heap, (distance + weight, other))
        seen, todo = {start}, collections.deque([start])
        while todo:
            for other, _ in graph[todo.popleft()]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
    a, b = 'kitten sitting on the mat' * 4, 'sitting kitten at the mall' * 4
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    alive = {(r, c) for r in range(30) for c in range(30) if (r * 7 + c * 3) % 4 == 0}
    for _ in range(8):
        neighbours = collections.Counter((r + dr, c + dc) for r, c in alive for dr in (-1, 0, 1) for dc in (-1, 0, 1) if dr or dc)
        alive = {cell for cell, n in neighbours.items() if n == 3 or (n == 2 and cell in alive)}
    items = [0, 1, 2, 3, 4, 5, 6]
    for i, _ in enumerate(itertools.permutations(items)):
        pass
    list(itertools.combinations(range(14), 4)), list(itertools.product('abc', repeat=6)), list(itertools.accumulate(range(1000)))


# ---- objects and functions ----

class Vector:
    __slots__ = 'x', 'y'

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    @property
    def length(self):
        return math.hypot(self.x, self.y)


class Animal:
    count = 0

    def __init__(self, name, sound='...'):
        self.name = name
        self.sound = sound
        Animal.count += 1

    def speak(self):
        return f'{self.name} says {self.sound}'

    def __repr__(self):
        return f'{type(self).__name__}({self.name!r})'

    @classmethod
    def make(cls, name):
        return cls(name)

    @staticmethod
    def legs():
        return 4


class Dog(Animal):
    def __init__(self, name):
        super().__init__(name, 'Woof')

    def speak(self):
        return super().speak().upper()


class Node:
    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def insert(self, key):
        side = 'left' if key < self.key else 'right'
        child = getattr(self, side)
        if child is None:
            setattr(self, side, Node(key))
        else:
            child.insert(key)

    def walk(self):
        if self.left:
            yield from self.left.walk()
        yield self.key
        if self.right:
            yield from self.right.walk()


class Color(enum.Enum):
    RED = 1
    GREEN = 2


@dataclasses.dataclass(order=True)
class Record:
    number: int
    name: str = 'x'
    tags: list = dataclasses.field(default_factory=list)


class Point(typing.NamedTuple):
    x: int
    y: int = 0


def objects():
    position = Vector(0, 0)
    for i in range(30_000):
        position = position + Vector(i, 1)
        position.length, position == position
    for i in range(8000):
        dog = Dog.make('Rex')
        dog.speak(), Animal.legs(), isinstance(dog, Animal), hasattr(dog, 'wings'), repr(dog), str(dog)
    tree = Node(500)
    for _ in range(1500):
        tree.insert(random.randrange(1000))
    list(tree.walk())
    records = sorted(Record(random.randrange(100), str(i)) for i in range(1500))
    [dataclasses.asdict(r) for r in records[:200]], copy.deepcopy(records[:150]), records[0] == records[1], repr(records[0])
    for i in range(3000):
        Point(i, y=2).x, Color.RED.name, Color(2), Point(1)._replace(y=3)
    balance = 0

    def deposit(amount, *args, note='', **more):
        nonlocal balance
        balance += amount
        return balance

    for i in range(30_000):
        deposit(i, note='x')
    for i in range(5000):
        deposit(*[1, 2], **{'a': 1})


def functions():
    @functools.lru_cache(maxsize=None)
    def ways(n):
        return 1 if n < 2 else ways(n - 1) + ways(n - 2)

    def timed(call):
        @functools.wraps(call)
        def wrapper(*args, **kwargs):
            return call(*args, **kwargs)
        return wrapper

    @timed
    def add(a, b=2):
        return a + b

    def evens():
        n = 0
        while True:
            yield n
            n += 2

    @contextlib.contextmanager
    def managed():
        yield 1

    ways(400)
    for i in range(15_000):
        add(i, b=3)
    list(itertools.islice(evens(), 30_000)), sum(i for i in range(60_000) if i % 3), list(map(lambda x: x * 2, range(30_000)))
    list(filter(None, range(20_000))), functools.reduce(operator.add, range(20_000)), max(range(9000), key=lambda x: -x)
    for i in range(6000):
        try:
            if i % 2:
                raise ValueError(i)
            {}['x']
        except KeyError as error:
            str(error)
        except ValueError:
            pass
        finally:
            i += 1
        with managed() as value:
            value
    for i in range(100):
        try:
            add('a', 1)
        except TypeError:
            traceback.format_exc()
    for shape in [{'kind': 'circle', 'r': 2}, {'kind': 'square', 'side': 3}, [1, 2, 3], (1, 2), 'x', Point(1, 2)] * 800:
        match shape:
            case {'kind': 'circle', 'r': r}:
                r * 3.14
            case {'kind': 'square', 'side': s}:
                s * s
            case [a, b, c]:
                a + b + c
            case Point(x=x, y=y):
                x + y
            case _:
                pass


async def pause():
    return 1


async def coroutines():
    for _ in range(4000):
        await pause()


# ---- the library ----

def library():
    document = [{'id': i, 'name': f'item {i}', 'tags': ['a', 'b'] * 2, 'price': i / 3, 'sub': {'ok': True, 'none': None}} for i in range(1200)]
    text = json.dumps(document)
    json.loads(text), json.dumps(document[:200], indent=2, sort_keys=True), pickle.loads(pickle.dumps(document))
    re.findall(r'"name": "(\w+) (\d+)"', text), re.sub(r'(\w+)@(\w+)\.com', r'\2 at \1', 'ann@home.com ' * 400), re.split(r'[,\s]+', text[:9000])
    for line in ['2024-01-15 ERROR [db] failed: time-out 30s', 'user@example.org', '+49 30 1234567'] * 300:
        re.match(r'(\d{4})-(\d\d)-(\d\d) (\w+) \[(\w+)\] (.*)', line), re.search(r'[\w.]+@[\w.]+', line), re.fullmatch(r'\+?[\d ]+', line)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([i, f'n{i}', i / 7] for i in range(1500))
    list(csv.DictReader(io.StringIO('a,b,c\n' + buffer.getvalue())))
    day = datetime.date(2024, 1, 1)
    for i in range(1500):
        later = day + datetime.timedelta(days=i)
        later.isoformat(), later.weekday(), later.strftime('%d.%m.%Y'), datetime.datetime(2024, 1, 1, 12) - datetime.datetime(2023, 5, 4)
    datetime.datetime.strptime('2024-02-03 04:05:06', '%Y-%m-%d %H:%M:%S')
    statistics.mean(range(400)), statistics.stdev([random.gauss(0, 1) for _ in range(1500)]), statistics.median(range(301))
    sum(decimal.Decimal(i) / 7 for i in range(1500)), sum(fractions.Fraction(1, i) for i in range(1, 120))
    hashlib.sha256(b'a' * 60_000).hexdigest(), hashlib.md5(b'x').hexdigest(), base64.b64decode(base64.b64encode(b'hello' * 500))
    struct.unpack('<IHb', struct.pack('<IHb', 1, 2, 3)), random.shuffle(document), random.sample(range(1000), 50), random.choices('abc', k=500)
    string.Template('$a $b').substitute(a=1, b=2), functools.partial(int, base=2)('101'), collections.OrderedDict(a=1), collections.ChainMap({}, {})


# ---- starting: most jobs are short, and spend their time here ----

SNIPPETS = [
    'print(sum(range(10)))\n',
    'def greet(name):\n    """Greets."""\n    return f"Hello, {name}!"\n\nfor who in ["Ann", "Bob"]:\n    print(greet(who))\n',
    'import json, re\nfrom collections import Counter\ndata = {"a": [1, 2.5, None], "b": "x"}\nprint(json.dumps(data))\nprint(Counter("hello"), re.sub("l", "L", "hello"))\n',
    'class Stack:\n    def __init__(self):\n        self.items = []\n    def push(self, x):\n        self.items.append(x)\n    def pop(self):\n        return self.items.pop()\n\n'
    's = Stack()\nfor i in range(5):\n    s.push(i * i)\nwhile s.items:\n    print(s.pop(), end=" ")\nprint()\n',
    'import math\nx = [i ** 2 for i in range(20) if i % 2 == 0]\ny = {k: v for k, v in zip("abc", x)}\nprint(x, y, math.pi, f"{math.sqrt(2):.4f}", sep="\\n")\n'
    'try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print("error:", e)\nelse:\n    print("no")\nfinally:\n    print("done")\n',
    'from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int = 0\nprint(P(1), P(1) == P(1, 0))\nif __name__ == "__main__":\n    a, *b = sorted([3, 1, 2])\n    print(a, b, b[-1], b[::2])\n',
    'def fizz(n):\n    for i in range(1, n + 1):\n        if i % 15 == 0:\n            yield "FizzBuzz"\n        elif i % 3 == 0:\n            yield "Fizz"\n        elif i % 5 == 0:\n            yield "Buzz"\n        else:\n'
    '            yield i\nprint(*fizz(15))\nwith open("x.txt") as f:\n    pass\n',
]


def starts():
    for _ in range(250):
        for snippet in SNIPPETS:
            output = io.TextIOWrapper(io.BufferedWriter(io.BytesIO()), line_buffering=True)
            with contextlib.redirect_stdout(output):
                try:
                    exec(compile(snippet, '/sandbox/main.py', 'exec'), {'__name__': '__main__'})
                except OSError:
                    pass


def main():
    for part in (recursion, loops, primes, floats, matrices, big_integers, strings, containers, classic_algorithms, objects,
                 functions, library):
        part()
    coroutine = coroutines()
    with contextlib.suppress(StopIteration):
        coroutine.send(None)
    starts()


main()
