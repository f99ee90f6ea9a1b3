package main

import (
	"encoding/json"
	"fmt"
)

func main() {
	var value any
	json.Unmarshal([]byte(`{"a": [1, 2.5, null, true], "ü": "\u0000"}`), &value)
	text, _ := json.Marshal(value)
	fmt.Print(string(text))
}
