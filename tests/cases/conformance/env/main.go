package main

import (
	"fmt"
	"os"
	"sort"
)

func main() {
	all := os.Environ()
	sort.Strings(all)
	for _, one := range all {
		fmt.Println(one)
	}
}
