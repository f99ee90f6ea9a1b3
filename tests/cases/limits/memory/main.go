package main

import (
	"bytes"
	"fmt"
)

func main() {
	fmt.Println("start")
	var all [][]byte
	for {
		all = append(all, bytes.Repeat([]byte{1}, 1<<20))
	}
}
