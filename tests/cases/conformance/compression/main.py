import bz2
import lzma
import zlib
from compression import zstd

data = b'hello ' * 10000
for module in (bz2, lzma, zlib, zstd):
    packed = module.compress(data)
    print(module.__name__, module.decompress(packed) == data and len(packed) < 200)
