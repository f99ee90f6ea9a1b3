import os
open("real", "w").write("real")
os.symlink("real", "alias")
for target in ("/etc/passwd", "/tmp", "../tmp"):
    try:
        os.symlink(target, "link" + target.replace("/", "_"))
    except OSError:
        pass
open("/tmp/hidden", "w").write("hidden")
print("done")
