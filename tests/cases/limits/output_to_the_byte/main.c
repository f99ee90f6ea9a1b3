#include <stdio.h>
int main(void) {
    for (int i = 0; i < 512; i++) fputs("12345678", stdout);
}
