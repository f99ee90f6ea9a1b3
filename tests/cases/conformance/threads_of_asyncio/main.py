import asyncio
import threading
import time


def square(x):
    time.sleep(0.01)
    return x * x


async def main():
    print(await asyncio.gather(asyncio.to_thread(square, 2), asyncio.to_thread(square, 3), asyncio.sleep(0.01, 'slept')))
    print(await asyncio.get_running_loop().run_in_executor(None, square, 5))


asyncio.run(main())

loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
print(asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01, 7), loop).result(timeout=5))
