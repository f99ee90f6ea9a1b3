/* Says hello from a fresh sandbox. */
#include <stdio.h>

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "world";
    printf("Hello, %s! This is C %ld.\n", name, __STDC_VERSION__);
    return 0;
}
