printf '{"a": [1, 2.5, null, true], "ü": "\\u0000"}' | jq --compact-output --join-output .
