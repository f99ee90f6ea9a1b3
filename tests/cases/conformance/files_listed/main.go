package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	var names []string
	entries, _ := os.ReadDir(".")
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "main.") {
			names = append(names, entry.Name())
		}
	}
	fmt.Println(strings.Join(names, " "))
	entries, _ = os.ReadDir("data")
	fmt.Println(len(entries))
}
