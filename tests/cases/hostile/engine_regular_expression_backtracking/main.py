import re
re.search(r"^(?=(\w+)+\1)(\w|\w\w)+!$", "a" * 60)
