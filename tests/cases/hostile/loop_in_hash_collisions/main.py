class Key:
    def __hash__(self):
        return 1

d = {Key(): n for n in range(1 << 20)}
