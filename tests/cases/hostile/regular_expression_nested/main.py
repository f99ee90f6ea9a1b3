import re
try:
    re.compile("(" * 100_000 + ")" * 100_000)
    print("taken")
except (RecursionError, re.error, OverflowError):
    print("refused")
