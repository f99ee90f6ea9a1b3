#include <stdio.h>
int main(void) {
    for (int i = 0; i < 300000; i++) puts("0123456789abcdef");
}
