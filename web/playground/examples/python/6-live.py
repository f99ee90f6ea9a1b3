# Output as it comes
import time

for n in range(10, 0, -1):
    print(n, flush=True)
    time.sleep(0.3)
print("Lift-off")
