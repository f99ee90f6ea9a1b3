process.stdout.write(JSON.stringify(JSON.parse('{"a": [1, 2.5, null, true], "ü": "\\u0000"}')));
