try:
    open("missing.txt")
except FileNotFoundError:
    print("no such file")
try:
    open("/tmp")
except IsADirectoryError:
    print("folder is no file")
