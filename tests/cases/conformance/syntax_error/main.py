print("never")
if if
