package main

import (
	"fmt"
	"time"
)

func main() {
	a := time.Now()
	fmt.Println(a.Unix() > 1_700_000_000)
	fmt.Println(time.Since(a) >= 0)
}
