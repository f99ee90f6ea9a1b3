#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    FILE *file = fopen("real", "w");
    fputs("real", file);
    fclose(file);
    symlink("real", "alias");
    symlink("/etc/passwd", "passwd");
    symlink("/proc/1/environ", "environ");
    symlink("/", "root");
    mkfifo("pipe", 0666);
    puts("done");
}
