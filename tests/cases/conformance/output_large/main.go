package main

import "fmt"

func main() {
	for range 300_000 {
		fmt.Println("0123456789abcdef")
	}
}
