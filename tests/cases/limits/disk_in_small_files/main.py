n = 0
while True:
    with open(f"f{n}", "wb") as file:
        file.write(b"x" * 4096)
    n += 1
