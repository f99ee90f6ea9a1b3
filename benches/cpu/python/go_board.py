"""Random games of Go with groups by union-find: objects, lists, sets and random numbers of its own."""

SIZE = 9
EMPTY, BLACK, WHITE = range(3)


class Random:
    """A linear congruential generator, so that every interpreter plays the same games."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 8) % n


class Board:
    def __init__(self):
        self.stones = [EMPTY] * (SIZE * SIZE)
        self.neighbours = [self.around(place) for place in range(SIZE * SIZE)]
        self.captured = [0, 0, 0]

    @staticmethod
    def around(place):
        row, column = divmod(place, SIZE)
        steps = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        return [r * SIZE + c for r, c in steps if 0 <= r < SIZE and 0 <= c < SIZE]

    def group(self, place):
        colour, members, liberties, waiting = self.stones[place], {place}, set(), [place]
        while waiting:
            for near in self.neighbours[waiting.pop()]:
                if self.stones[near] == EMPTY:
                    liberties.add(near)
                elif self.stones[near] == colour and near not in members:
                    members.add(near)
                    waiting.append(near)
        return members, liberties

    def play(self, place, colour):
        if self.stones[place] != EMPTY:
            return False
        self.stones[place] = colour
        taken = 0
        for near in self.neighbours[place]:
            if self.stones[near] == 3 - colour:
                members, liberties = self.group(near)
                if not liberties:
                    taken += len(members)
                    for member in members:
                        self.stones[member] = EMPTY
        if not taken and not self.group(place)[1]:
            self.stones[place] = EMPTY
            return False
        self.captured[colour] += taken
        return True


def game(seed):
    random, board, colour, passes = Random(seed), Board(), BLACK, 0
    for _ in range(3 * SIZE * SIZE):
        for _ in range(8):
            if board.play(random.below(SIZE * SIZE), colour):
                passes = 0
                break
        else:
            passes += 1
            if passes == 2:
                break
        colour = 3 - colour
    return board.stones.count(BLACK) + board.captured[BLACK] - board.stones.count(WHITE) - board.captured[WHITE]


scores = [game(seed) for seed in range(400)]
print(sum(scores), min(scores), max(scores), sum(score * score for score in scores))
