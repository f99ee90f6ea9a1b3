package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	time.Sleep(300 * time.Millisecond)
	fmt.Println(time.Since(start) >= 300*time.Millisecond)
}
