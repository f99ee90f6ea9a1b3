try:
    open("big", "wb").write(b"x" * (1 << 20))
except OSError:
    print("coped")
