package main

func main() {
	all := make([]byte, 200<<20)
	for i := range all {
		all[i] = 1
	}
}
