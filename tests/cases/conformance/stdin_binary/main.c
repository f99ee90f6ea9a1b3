#include <stdio.h>
int main(void) {
    for (int c; (c = getchar()) != EOF;) printf("%02x", c);
    puts("");
}
