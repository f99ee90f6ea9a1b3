#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
int main(void) {
    if (!fopen("missing.txt", "r") && errno == ENOENT) puts("no such file");
    if (!fopen("/tmp", "w") && errno == EISDIR) puts("folder is no file");
}
