import time
print('up')
time.sleep(3600)
