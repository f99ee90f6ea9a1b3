#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    char *all = malloc(100 << 20);
    memset(all, 0, 100 << 20);
    printf("%d\n", 100 << 20);
}
