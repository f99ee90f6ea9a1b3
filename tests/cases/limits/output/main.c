#include <stdio.h>
int main(void) {
    for (;;) fputs("12345678", stdout);
}
