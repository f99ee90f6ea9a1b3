package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	text, _ := io.ReadAll(os.Stdin)
	lines := strings.Split(string(text), "\n")
	fmt.Printf("%d lines, the last is %s\n", len(lines), lines[len(lines)-1])
}
