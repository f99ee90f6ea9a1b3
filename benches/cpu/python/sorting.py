"""Sorting: the built-in one with keys and comparisons, and a merge sort and heap in the language itself."""

import functools
import heapq


def merge_sort(values):
    if len(values) < 2:
        return values
    middle = len(values) // 2
    left, right = merge_sort(values[:middle]), merge_sort(values[middle:])
    merged, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]


state, values = 7, []
for _ in range(50_000):
    state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    values.append(state >> 4)
by_key = sorted(values, key=lambda value: (value % 100, -value))
by_comparison = sorted(values[:20_000], key=functools.cmp_to_key(lambda a, b: (a > b) - (a < b)))
merged = merge_sort(values)
heap = values[:20_000]
heapq.heapify(heap)
popped = [heapq.heappop(heap) for _ in range(20_000)]
print(by_key[0], by_key[-1], merged == sorted(values), popped == by_comparison)
