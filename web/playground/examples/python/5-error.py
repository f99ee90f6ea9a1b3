# An error, and where it comes from
def mean(numbers):
    return sum(numbers) / len(numbers)


print(mean([3, 4, 5]))
print(mean([]))
