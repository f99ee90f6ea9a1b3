import sys
try:
    sys.exit(5)
except SystemExit:
    print("still here")
