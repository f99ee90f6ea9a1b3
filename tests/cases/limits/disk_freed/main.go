package main

import (
	"fmt"
	"os"
)

func main() {
	for range 20 {
		os.WriteFile("big", make([]byte, 200<<10), 0666)
		os.Remove("big")
	}
	for range 20 {
		os.WriteFile("big", make([]byte, 200<<10), 0666)
	}
	fmt.Println("done")
}
