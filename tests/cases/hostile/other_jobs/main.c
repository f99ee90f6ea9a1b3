#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>
int main(void) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(processes));) {
        int number = atoi(entry->d_name);
        if (number > 1 && number != getpid()) printf("PROCESS %d\n", number);
    }
    const char *folders[] = {"/tmp", "/program", "/dev/shm", "/dev/mqueue", "/var/tmp", "/run"};
    for (int i = 0; i < 6; i++) {
        DIR *folder = opendir(folders[i]);
        for (struct dirent *entry; folder && (entry = readdir(folder));)
            if (entry->d_name[0] != '.' && strcmp(entry->d_name, "main") && strcmp(entry->d_name, "lock")) printf("FILE %s/%s\n", folders[i], entry->d_name);
    }
    if (shmget(0x1234, 4096, 0) >= 0) puts("SHARED MEMORY");
    shmget(0x1234, 4096, IPC_CREAT | 0666);
    puts("alone");
}
