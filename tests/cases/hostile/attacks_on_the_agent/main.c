#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <unistd.h>
int main(void) {
    if (ptrace(PTRACE_ATTACH, 1, 0, 0) == 0) puts("TRACED");
    const char *paths[] = {"/proc/1/mem", "/proc/1/environ", "/proc/1/maps", "/proc/1/fd/0", "/proc/1/fd/1", "/proc/1/fd/10", "/proc/1/fd/11", "/proc/1/root"};
    for (int i = 0; i < 8; i++)
        if (open(paths[i], O_RDONLY) >= 0 || open(paths[i], O_WRONLY) >= 0) printf("OPENED %s\n", paths[i]);
    struct rlimit none = {0, 0};
    if (prlimit(1, RLIMIT_CPU, &none, NULL) == 0) puts("LIMITED");
    if (setpriority(PRIO_PROCESS, 1, 19) == 0) puts("SLOWED DOWN");
    for (int signal = 1; signal < 65; signal++) kill(1, signal);
    for (int fd = 3; fd < 1024; fd++)
        if (write(fd, "x", 1) == 1) printf("WROTE TO %d\n", fd);
    puts("safe");
}
