package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		fmt.Println(scanner.Text())
	}
}
