"""JSON written and read: a large document and many small ones."""

import json

record = {
    "id": 1234567, "name": "Ada Lovelace", "mail": "ada@example.org", "scores": [1, 2.5, -3e10, None, True],
    "address": {"street": "12 Long Road\nFlat \"B\"", "city": "Zürich", "tags": ["a", "b", "日本"]},
}  # fmt: skip
total = 0
for n in range(6000):
    record["id"] = n
    text = json.dumps(record)
    total += len(text) + json.loads(text)["id"]
document = {str(n): dict(record, id=n) for n in range(2000)}
for _ in range(5):
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    document = json.loads(text)
print(total, len(text), document["1999"]["address"]["city"])
