package main

import "os"

func main() {
	for i := range 256 {
		os.Stdout.Write([]byte{byte(i)})
	}
	os.Stderr.WriteString("\xff\xfe\x00\xc3\x28")
}
