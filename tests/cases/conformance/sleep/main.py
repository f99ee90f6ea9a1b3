import time
start = time.monotonic()
time.sleep(0.3)
print(str(time.monotonic() - start >= 0.3).lower())
