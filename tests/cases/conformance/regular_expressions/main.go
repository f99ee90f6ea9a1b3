package main

import (
	"fmt"
	"regexp"
)

func main() {
	fmt.Println(regexp.MustCompile(`(\d+)/(\d+)/(\d+)`).ReplaceAllString("06/05/2024", "$3-$2-$1"))
	fmt.Println(len(regexp.MustCompile(`[\pL\d_]+`).FindAllString("äb c_d 1", -1)))
}
