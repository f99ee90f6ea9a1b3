class Forever:
    def __del__(self):
        while True:
            pass

x = Forever()
del x
