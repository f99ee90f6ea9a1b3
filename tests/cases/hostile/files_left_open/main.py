files = []
try:
    while True:
        files.append(open("f", "w"))
except OSError:
    print("refused")
