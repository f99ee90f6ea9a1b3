package main

func main() {
	println("never")
	if if
}
