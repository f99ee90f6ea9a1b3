#include <stdio.h>
int main(void) {
    fputs("no newline", stdout);
    fputs("here neither", stderr);
}
