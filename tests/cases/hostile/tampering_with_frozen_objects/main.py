import gc
import sys
sys.intern("leaked string " * 2)
(lambda: 0).__code__.co_consts
x = [n for n in range(-5, 257)]
for thing in gc.get_objects():
    if type(thing) is list:
        thing.append("leak")
