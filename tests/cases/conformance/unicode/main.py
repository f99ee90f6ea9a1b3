größe = "Grüße, 世界 🌍 e\u0301"
print(größe)
print(len("世界 🌍!"))
print("صباح")
