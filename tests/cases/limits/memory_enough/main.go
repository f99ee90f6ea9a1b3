package main

import (
	"bytes"
	"fmt"
)

func main() { fmt.Println(len(bytes.Repeat([]byte{1}, 100<<20))) }
