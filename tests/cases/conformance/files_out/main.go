package main

import (
	"fmt"
	"os"
)

func put(path, text string) { os.WriteFile(path, []byte(text), 0666) }

func main() {
	put("changed.txt", "after")
	os.ReadFile("read.txt")
	os.MkdirAll("deep/er", 0777)
	put("deep/er/new.bin", "\x00\xff")
	put("empty", "")
	os.Rename("same.txt", "renamed.txt")
	os.Remove("gone.txt")
	put("passing", "")
	os.Remove("passing")
	put("/tmp/elsewhere", "x")
	fmt.Println("done")
}
