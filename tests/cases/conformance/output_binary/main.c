#include <stdio.h>
int main(void) {
    for (int i = 0; i < 256; i++) putchar(i);
    fwrite("\xff\xfe\0\xc3\x28", 1, 5, stderr);
}
