print(input())
try:
    input()
except EOFError:
    print("end")
