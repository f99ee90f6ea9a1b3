import os
for n in range(3000):
    open(f"f{n}", "w").close()
print(sum(name.startswith("f") for name in os.listdir()))
