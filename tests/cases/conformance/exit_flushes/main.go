package main

import (
	"fmt"
	"os"
)

func main() {
	for range 2000 {
		fmt.Print("line ")
	}
	os.Exit(3)
}
