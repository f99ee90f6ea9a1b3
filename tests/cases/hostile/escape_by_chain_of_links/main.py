import os
os.mkdir("d")
os.symlink("..", "d/up")
os.symlink("d/up/d/up/d/up", "far")
os.symlink("far/../../..", "farther")
os.symlink("circle", "circle")
os.symlink("b", "a")
os.symlink("a", "b")
for path in ["far/../../etc/passwd", "farther/etc/passwd", "d/up/../../etc/passwd", "circle", "a", "circle/x", "farther/../etc/hostname"]:
    try:
        print("ESCAPED", path, open(path).read())
    except OSError:
        pass
print("done")
