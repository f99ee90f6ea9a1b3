import os

print(open("/mnt/data/given.txt").read())
os.chdir("/mnt/data")
open("/mnt/data/made.txt", "w").write("made")
os.makedirs("/mnt/data/deep", exist_ok=True)
open("deep/er.txt", "w").close()
assert os.path.exists("/sandbox/deep/er.txt") and not os.path.exists("/mnt/database")
print(*(name for name in os.listdir("/mnt/data") if name == "made.txt"))
