#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
int main(void) {
    if (setuid(0) == 0 || setgid(0) == 0 || seteuid(0) == 0) puts("ANOTHER USER");
    if (mknod("device", S_IFCHR | 0666, makedev(1, 3)) == 0) puts("A DEVICE");
    if (mount("none", "/tmp", "tmpfs", 0, 0) == 0) puts("A MOUNT");
    if (chroot("/") == 0) puts("ANOTHER ROOT");
    if (unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_NEWNET) == 0) puts("A NAMESPACE");
    if (sethostname("x", 1) == 0) puts("A NAME");
    const char *devices[] = {"/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/kvm", "/dev/fuse", "/var/run/docker.sock"};
    for (int i = 0; i < 7; i++)
        if (open(devices[i], O_RDONLY) >= 0) printf("OPENED %s\n", devices[i]);
    puts("none");
}
