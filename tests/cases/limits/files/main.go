package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	for n := 0; ; n++ {
		if err := os.WriteFile(fmt.Sprint("f", n), nil, 0666); err != nil {
			log.Fatal(err)
		}
	}
}
