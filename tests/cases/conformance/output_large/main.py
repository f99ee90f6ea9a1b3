for _ in range(300_000):
    print("0123456789abcdef")
