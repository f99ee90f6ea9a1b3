import atexit
atexit.register(print, "last")

@atexit.register
def bad():
    raise ValueError("in the handler")
