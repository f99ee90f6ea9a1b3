for name in ["-rf", "...", "a b", "~", "日本", "new\nline", "\x01"]:
    open(name, "w").write("x")
for name in ["n\0ul", "x" * 300, "", "."]:
    try:
        open(name, "w").write("x")
        print("taken", name)
    except (OSError, ValueError):
        pass
print("done")
