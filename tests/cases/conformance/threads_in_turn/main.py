import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def work(i):
    print(i, threading.current_thread().name)


threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print([thread.is_alive() for thread in threads], threading.active_count())


def sleep(i):
    print('start', i)
    time.sleep(0.2)


# Side by side, as it were: not one after the other.
before = time.monotonic()
threads = [threading.Thread(target=sleep, args=(i,)) for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(time.monotonic() - before < 0.6)

with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda x: x * x, range(4))))
    try:
        pool.submit(lambda: 1 / 0).result()
    except ZeroDivisionError as error:
        print(error)

jobs, done = queue.Queue(), []


def serve():
    while True:
        done.append(jobs.get())
        jobs.task_done()


for _ in range(2):
    threading.Thread(target=serve, daemon=True).start()
for i in range(4):
    jobs.put(i)
jobs.join()
print(sorted(done))

local = threading.local()
local.x = 1
thread = threading.Thread(target=lambda: print(hasattr(local, 'x'), threading.get_ident() != threading.main_thread().ident))
thread.start()
thread.join()

ticks = []


def tick():
    while True:
        ticks.append(1)
        time.sleep(0.05)


threading.Thread(target=tick, daemon=True).start()
time.sleep(0.12)
print('ticks', len(ticks) > 1)
threading.Thread(target=print, args=('at the end',)).start()
print('main ends')
