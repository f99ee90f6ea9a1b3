import functools

def forever(a, b):
    while True:
        pass

sorted(range(10), key=functools.cmp_to_key(forever))
