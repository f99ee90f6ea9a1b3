import re
x = "a" * 5_000_000
re.findall("", x * 4)
