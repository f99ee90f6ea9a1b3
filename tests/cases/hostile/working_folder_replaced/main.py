import os
try:
    os.rename("/sandbox", "/tmp/moved")
    os.symlink("/tmp", "/sandbox")
    open("/tmp/x", "w").write("x")
except OSError:
    pass
print("done")
