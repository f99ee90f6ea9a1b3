import builtins
import os
import random
import sys

n, end = int(sys.argv[1]), int(sys.argv[2])
builtins.leak = n
sys.leak = 'leak'
random.seed(n)
os.environ['LEAK'] = 'leak'
for path in ('/tmp/leak', '/sandbox/leak'):
    with open(path, 'w') as file:
        file.write('leak')
sys.modules['leak'] = sys
# Writes all over memory that was there, and over some that has to be made.
held = [bytes([n % 256]) * 5000 for _ in range(200 + n % 300)]
grown = bytearray((1 + n % 7) << 20)
for at in range(0, len(grown), 1000):
    grown[at] = 1 + n % 255
del grown
if end == 1:
    sys.exit(3)
elif end == 2:
    while True:
        pass
elif end == 3:
    held = 'x' * (200 << 20)
elif end == 4:
    while True:
        print('leak')
