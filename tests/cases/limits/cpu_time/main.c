#include <stdio.h>
int main(void) {
    puts("start");
    fflush(stdout);
    for (;;);
}
