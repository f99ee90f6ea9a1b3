package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("start")
	os.Stdin.Read(make([]byte, 1))
}
