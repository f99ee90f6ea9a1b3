package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	processes, _ := os.ReadDir("/proc")
	for _, entry := range processes {
		if number, err := strconv.Atoi(entry.Name()); err == nil && number != 1 && number != os.Getpid() {
			fmt.Println("PROCESS", number)
		}
	}
	left := "/var/tmp/left"
	if os.WriteFile(left, nil, 0666) == nil {
		fmt.Println("LEFT", left)
	}
	files, _ := os.ReadDir("/tmp")
	for _, entry := range files {
		fmt.Println("FILE", entry.Name())
	}
	fmt.Println("alone")
}
