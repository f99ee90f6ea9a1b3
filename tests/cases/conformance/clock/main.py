import time
print(str(time.time() > 1_700_000_000).lower())
a = time.monotonic()
sum(range(100_000))
print(str(time.monotonic() >= a).lower())
