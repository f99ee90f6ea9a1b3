import sys
sys.setrecursionlimit(10**9)

def again(x):
    return again(x + [0] * 10000)

again([])
