package main

import "fmt"

func fail() { panic("no good") }

func main() {
	fmt.Println("before")
	fail()
}
