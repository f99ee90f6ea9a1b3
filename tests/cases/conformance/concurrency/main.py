import asyncio

async def wait(n, name):
    await asyncio.sleep(n / 100)
    print(name)
    return n

async def main():
    print(await asyncio.gather(wait(1, "first"), wait(2, "second")))

asyncio.run(main())
