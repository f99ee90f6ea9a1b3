package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	for name, err := range map[string]error{
		"user":   syscall.Setuid(0),
		"device": syscall.Mknod("device", syscall.S_IFBLK|0666, 0x800),
		"mount":  syscall.Mount("none", "/tmp", "tmpfs", 0, ""),
		"root":   syscall.Chroot("/"),
		"space":  syscall.Unshare(syscall.CLONE_NEWUSER),
		"reboot": syscall.Reboot(syscall.LINUX_REBOOT_CMD_CAD_OFF),
	} {
		if err == nil {
			fmt.Println("GOT", name)
		}
	}
	for _, path := range []string{"/dev/mem", "/dev/sda", "/dev/vda", "/var/run/docker.sock", "/etc/shadow"} {
		if _, err := os.Open(path); err == nil {
			fmt.Println("OPENED", path)
		}
	}
	fmt.Println("none")
}
