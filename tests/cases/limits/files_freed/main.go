package main

import (
	"fmt"
	"os"
)

func main() {
	for n := range 100 {
		name := fmt.Sprint("f", n)
		os.WriteFile(name, nil, 0666)
		os.Remove(name)
	}
	fmt.Println("done")
}
