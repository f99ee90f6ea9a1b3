import os
while True:
    try:
        os.write(1, b"x" * 64)
    except BaseException:
        pass
