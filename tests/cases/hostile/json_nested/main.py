import json
try:
    json.loads("[" * 1_000_000 + "]" * 1_000_000)
    print("taken")
except RecursionError:
    print("refused")
