n = 0
while True:
    open(f"f{n}", "w").close()
    n += 1
