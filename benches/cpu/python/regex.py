"""Regular expressions over text that it makes itself: searching, splitting, substituting, backtracking."""

import re

words = ["alpha", "beta", "gamma", "delta", "user@example.org", "192.168.0.17", "2024-05-17", "foo_bar", "x" * 20, "0x1F"]
text = " ".join(words[(n * n + 3 * n) % len(words)] + ("," if n % 7 == 0 else "") for n in range(120_000))
patterns = [
    r"\b[\w.]+@[\w.]+\.\w+\b",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
    r"\b0x[0-9A-Fa-f]+\b",
    r"(?:alpha|beta|gamma)\s+(\w+)",
    r"(x+x+)+y",
]
counts = []
for pattern in patterns[:5]:
    compiled = re.compile(pattern)
    counts.append(sum(len(match.group()) for match in compiled.finditer(text)))
    counts.append(len(compiled.sub("#", text)))
counts.append(len(re.split(r"[\s,]+", text)))
counts.append(sum(re.match(patterns[5], "x" * n) is None for n in range(18)))
print(*counts)
