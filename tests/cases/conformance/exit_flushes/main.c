#include <stdio.h>
#include <stdlib.h>
int main(void) {
    for (int i = 0; i < 2000; i++) fputs("line ", stdout);
    exit(3);
}
