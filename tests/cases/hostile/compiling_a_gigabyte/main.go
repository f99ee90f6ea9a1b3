package main

var big = [1 << 30]byte{1}

func main() { print(big[0]) }
