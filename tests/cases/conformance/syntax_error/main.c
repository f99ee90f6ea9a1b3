#include <stdio.h>
int main(void) {
    puts("never")
    if if
}
