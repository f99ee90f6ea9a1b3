import os
open("changed.txt", "w").write("after")
open("read.txt").read()
os.makedirs("deep/er")
with open("deep/er/new.bin", "wb") as file:
    file.write(b"\x00\xff")
open("empty", "w").close()
os.rename("same.txt", "renamed.txt")
os.remove("gone.txt")
open("passing", "w").close()
os.remove("passing")
open("/tmp/elsewhere", "w").write("x")
print("done")
