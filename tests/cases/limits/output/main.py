import sys
while True:
    sys.stdout.write("12345678")
