#include <stdio.h>
#include <stdlib.h>
static char block[65536];
int main(void) {
    FILE *file = fopen("big", "wb");
    while (fwrite(block, sizeof block, 1, file) == 1);
    perror("big");
    return EXIT_FAILURE;
}
