package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func main() {
	if _, err := os.Open("missing.txt"); errors.Is(err, fs.ErrNotExist) {
		fmt.Println("no such file")
	}
	if _, err := os.ReadFile("/tmp"); errors.Is(err, syscall.EISDIR) {
		fmt.Println("folder is no file")
	}
}
