#include <stdio.h>
#include <stdlib.h>
int main(void) {
    for (int n = 0;; n++) {
        char name[20];
        sprintf(name, "f%d", n);
        FILE *file = fopen(name, "wb");
        if (!file) return EXIT_FAILURE;
        fclose(file);
    }
}
