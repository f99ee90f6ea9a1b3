import answer
print("from the module:", answer.ANSWER)
print(open("data/text.txt", encoding="utf-8").read(), end="")
print(*open("data/bytes.bin", "rb").read())
