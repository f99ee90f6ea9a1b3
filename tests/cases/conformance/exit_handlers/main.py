import atexit
import sys
atexit.register(lambda: print("handler"))
print("body")
sys.exit(4)
