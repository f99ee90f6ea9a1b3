import sys
for _ in range(2000):
    sys.stdout.write("line ")
sys.exit(3)
