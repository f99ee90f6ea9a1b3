import os
for path in ["/etc/x", "../../x", "/sandbox/../../x", "/dev/shm/x", "/proc/self/mem", "/var/tmp/x", "/root/x"]:
    for act in (lambda: open(path, "w").write("x"), lambda: os.mkdir(path), lambda: os.symlink("y", path), lambda: os.rename("/tmp", path), lambda: os.link("/sandbox/main.py", path)):
        try:
            act()
            if not path.startswith(("../../x", "/sandbox/../../x")):
                print("ESCAPED", path)
        except OSError:
            pass
print("done")
