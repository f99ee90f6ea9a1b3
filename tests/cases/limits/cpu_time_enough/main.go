package main

import "fmt"

func main() {
	sum := 0
	for i := range 1000 {
		sum += i
	}
	fmt.Println(sum)
}
