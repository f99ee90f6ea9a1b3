package main

import (
	"os"
	"strings"
)

func main() { os.Stdout.WriteString(strings.Repeat("x", 5_000_000)) }
