package main

import "fmt"

func main() {
	defer fmt.Println("finally")
	defer func() {
		if recover() != nil {
			fmt.Println("caught")
		}
	}()
	var none map[string]int
	none["x"] = 1
}
