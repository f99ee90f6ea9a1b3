package main

import "fmt"

func main() {
	größe := "Grüße, 世界 🌍 e\u0301"
	fmt.Println(größe)
	fmt.Println(len([]rune("世界 🌍!")))
	fmt.Println("صباح")
}
