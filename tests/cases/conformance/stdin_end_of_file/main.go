package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	input := bufio.NewReader(os.Stdin)
	line, _ := input.ReadString('\n')
	fmt.Print(line)
	if _, err := input.ReadString('\n'); err == io.EOF {
		fmt.Println("end")
	}
}
