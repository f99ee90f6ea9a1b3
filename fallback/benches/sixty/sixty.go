package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
)

type Shape interface{ Area() float64 }
type Circle struct{ R float64 }
type Square struct{ S float64 }

func (c Circle) Area() float64 { return 3.14159 * c.R * c.R }
func (s Square) Area() float64 { return s.S * s.S }

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }
func (s *Stack[T]) Pop() (T, error) {
	var zero T
	if len(s.items) == 0 {
		return zero, errors.New("empty")
	}
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v, nil
}

func main() {
	counts := map[string]int{}
	for _, w := range strings.Fields("the quick brown fox jumps over the lazy dog the end") {
		counts[w]++
	}
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, k := range keys {
		fmt.Fprintf(out, "%s=%d ", k, counts[k])
	}
	shapes := []Shape{Circle{2}, Square{3}}
	total := 0.0
	for _, s := range shapes {
		total += s.Area()
	}
	fmt.Fprintln(out, total)
	var wg sync.WaitGroup
	results := make(chan int, 10)
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func(n int) { defer wg.Done(); results <- n * n }(i)
	}
	wg.Wait()
	close(results)
	s := &Stack[int]{}
	for r := range results {
		s.Push(r)
	}
	v, err := s.Pop()
	fmt.Fprintln(out, v >= 0, err)
}
