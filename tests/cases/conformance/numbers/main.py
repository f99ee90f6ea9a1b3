print(2**100)
print(0.1 + 0.2)
print(float("inf"), float("nan"))
