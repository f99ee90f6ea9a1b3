import sys
sys.stdout.write("x" * 5_000_000)
