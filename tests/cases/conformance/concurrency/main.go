package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	var group sync.WaitGroup
	var results [2]int
	for i, name := range []string{"first", "second"} {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(i+1) * 100 * time.Millisecond)
			fmt.Println(name)
			results[i] = i + 1
		}()
	}
	group.Wait()
	fmt.Printf("[%d, %d]\n", results[0], results[1])
}
