package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Print("line\npart")
	time.Sleep(time.Hour)
}
