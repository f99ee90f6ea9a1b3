import sys
while True:
    sys.stdout.write("12345678")
    sys.stdout.flush()
    sys.stderr.write("12345678")
    sys.stderr.flush()
