#include <stdio.h>
int main(void) {
    for (;;) fputs("y\n", stderr);
}
