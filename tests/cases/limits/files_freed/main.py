import os
for n in range(100):
    open(f"f{n}", "w").close()
    os.remove(f"f{n}")
print("done")
