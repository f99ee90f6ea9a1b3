import re
print(re.sub(r"(\d+)/(\d+)/(\d+)", r"\3-\2-\1", "06/05/2024"))
print(len(re.findall(r"\w+", "äb c_d 1")))
