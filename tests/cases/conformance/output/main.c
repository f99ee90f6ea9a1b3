#include <stdio.h>
int main(void) {
    printf("%d %s\n", 1, "two");
    fprintf(stderr, "careful\n");
    printf("%g\n", 3.5);
}
