import sys
print("before")
sys.exit(255)
print("after")
