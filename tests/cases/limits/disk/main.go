package main

import (
	"log"
	"os"
)

func main() {
	file, _ := os.Create("big")
	for {
		if _, err := file.Write(make([]byte, 65536)); err != nil {
			log.Fatal(err)
		}
	}
}
