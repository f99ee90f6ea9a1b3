"""Strings built, split and counted in dictionaries."""

from collections import Counter, defaultdict

syllables = ["ka", "to", "mi", "re", "su", "na", "lo", "pe", "vi", "du"]
state = 42
made = []
for _ in range(300_000):
    state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    made.append(syllables[state % 10] + syllables[state // 10 % 10] + syllables[state // 100 % 10])
text = " ".join(made)
counts = Counter(text.split())
by_letter = defaultdict(list)
for word, count in counts.items():
    by_letter[word[0]].append((count, word))
lines = [f"{letter}: {', '.join(f'{word}={count:>4}' for count, word in sorted(found)[-3:])}" for letter, found in sorted(by_letter.items())]
reversed_text = "".join(word[::-1].upper().replace("K", "c") + "-" for word in made)
print(len(counts), lines[0], len("\n".join(lines)), reversed_text.count("c"), reversed_text[:12])
