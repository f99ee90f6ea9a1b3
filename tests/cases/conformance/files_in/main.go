package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("from the module:", answer)
	text, _ := os.ReadFile("data/text.txt")
	fmt.Print(string(text))
	bytes, _ := os.ReadFile("data/bytes.bin")
	fmt.Println(bytes[0], bytes[1])
}
