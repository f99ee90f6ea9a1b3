class Node:
    def __init__(self, next):
        self.next = next


chain = None
for _ in range(50_000):
    chain = Node(chain)
del chain
nested = []
for _ in range(100_000):
    nested = [nested]
del nested
pairs = {}
for n in range(100_000):
    pairs = {n: (pairs,)}
del pairs
print('dropped')
