import queue
import threading

lock = threading.Lock()
threading.Thread(target=print, args=('',), kwargs={'end': ''}).start()
lock.acquire()
try:
    lock.acquire()
except RuntimeError as error:
    print(error)
print(lock.acquire(timeout=0.01))
