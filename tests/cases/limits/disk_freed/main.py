import os
for _ in range(20):
    open("big", "wb").write(b"x" * (200 << 10))
    os.remove("big")
for _ in range(20):
    open("big", "wb").write(b"x" * (200 << 10))
print("done")
