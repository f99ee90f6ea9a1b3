package main

import (
	"fmt"
	"strings"
)

func main() { fmt.Print(strings.Repeat("12345678", 512)) }
