package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(1, "two")
	fmt.Fprintln(os.Stderr, "careful")
	fmt.Println(3.5)
}
