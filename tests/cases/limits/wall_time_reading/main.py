print("start")
input()
