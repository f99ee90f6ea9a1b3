package main

import (
	"fmt"
	"math"
	"math/big"
)

func main() {
	a, b := 0.1, 0.2
	fmt.Println(new(big.Int).Exp(big.NewInt(2), big.NewInt(100), nil))
	fmt.Println(a + b)
	fmt.Println(math.Inf(1), math.NaN())
}
