package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	for n := 0; ; n++ {
		if err := os.Mkdir(fmt.Sprint("/tmp/d", n), 0777); err != nil {
			log.Fatal(err)
		}
	}
}
