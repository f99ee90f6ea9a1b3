package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	text, _ := json.Marshal(os.Args[1:])
	fmt.Print(string(text))
}
