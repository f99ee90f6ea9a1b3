package main

import (
	"fmt"
	"os"
)

func main() {
	for {
		fmt.Print("12345678")
		fmt.Fprint(os.Stderr, "12345678")
	}
}
