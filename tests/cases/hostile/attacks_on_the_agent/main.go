package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

func main() {
	runtime.LockOSThread()
	if syscall.PtraceAttach(1) == nil {
		fmt.Println("TRACED")
	}
	for _, path := range []string{"mem", "environ", "maps", "fd/0", "fd/1", "fd/10", "fd/11", "root/etc"} {
		for _, flag := range []int{os.O_RDONLY, os.O_WRONLY} {
			if _, err := os.OpenFile("/proc/1/"+path, flag, 0); err == nil {
				fmt.Println("OPENED", path)
			}
		}
	}
	if syscall.Setpriority(syscall.PRIO_PROCESS, 1, 19) == nil {
		fmt.Println("SLOWED DOWN")
	}
	for signal := 1; signal < 65; signal++ {
		syscall.Kill(1, syscall.Signal(signal))
	}
	fmt.Println("safe")
}
