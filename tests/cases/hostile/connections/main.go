package main

import (
	"fmt"
	"net"
	"time"
)

func main() {
	for _, to := range []string{"8.8.8.8:53", "172.17.0.1:2375", "[2001:4860:4860::8888]:53", "example.com:80", "169.254.169.254:80"} {
		if _, err := net.DialTimeout("tcp", to, time.Second); err == nil {
			fmt.Println("CONNECTED TO", to)
		}
	}
	if _, err := net.Dial("ip4:icmp", "8.8.8.8"); err == nil {
		fmt.Println("RAW")
	}
	fmt.Println("none")
}
