import marshal
import pickle
import random
random.seed(1)
for n in range(500):
    data = bytearray(pickle.dumps({"a": [1, 2.5, "x"] * 5}))
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    try:
        pickle.loads(bytes(data))
    except BaseException:
        pass
    try:
        marshal.loads(random.randbytes(20))
    except BaseException:
        pass
print("done")
