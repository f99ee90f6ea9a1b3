f = lambda: None
f.__code__ = f.__code__.replace(co_code=b"S\xff" * 64, co_stacksize=0)
f()
