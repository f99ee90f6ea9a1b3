#include <stdio.h>
#include <stdlib.h>
static char block[4096];
int main(void) {
    for (int n = 0;; n++) {
        char name[20];
        sprintf(name, "f%d", n);
        FILE *file = fopen(name, "wb");
        if (!file || fwrite(block, sizeof block, 1, file) != 1 || fclose(file)) return EXIT_FAILURE;
    }
}
