package main

import "fmt"

func main() {
	var count, number, sum int
	var rest string
	fmt.Scan(&count)
	for range count {
		fmt.Scan(&number)
		sum += number
	}
	fmt.Scan(&rest)
	fmt.Println(sum)
	fmt.Println(rest)
}
