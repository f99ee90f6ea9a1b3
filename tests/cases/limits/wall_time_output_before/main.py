import sys
import time
print("line")
sys.stdout.write("part")
sys.stdout.flush()
time.sleep(3600)
