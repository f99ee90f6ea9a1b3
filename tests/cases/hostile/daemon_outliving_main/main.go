package main

import (
	"fmt"
	"os/exec"
	"syscall"
)

func main() {
	command := exec.Command("/bin/sleep", "1000")
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if command.Start() == nil {
		fmt.Println("left")
	}
}
