import sys
sys.stdout.write("12345678" * 512)
