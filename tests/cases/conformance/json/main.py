import json
print(json.dumps(json.loads('{"a": [1, 2.5, null, true], "ü": "\\u0000"}'), ensure_ascii=False, separators=(",", ":")), end="")
