package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	for n := 0; ; n++ {
		if err := os.WriteFile(fmt.Sprint("f", n), make([]byte, 4096), 0666); err != nil {
			log.Fatal(err)
		}
	}
}
