import time
print("start")
time.sleep(3600)
