#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
int main(void) {
    for (int n = 0;; n++) {
        char name[20];
        sprintf(name, "/tmp/d%d", n);
        if (mkdir(name, 0777)) return EXIT_FAILURE;
    }
}
