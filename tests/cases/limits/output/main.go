package main

import "fmt"

func main() {
	for {
		fmt.Print("12345678")
	}
}
