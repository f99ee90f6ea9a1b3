print("before")
def fail():
    raise ValueError("no good")

fail()
