#include <stdio.h>
#include "answer.h"
int main(void) {
    printf("from the module: %d\n", ANSWER);
    FILE *text = fopen("data/text.txt", "r"), *bytes = fopen("data/bytes.bin", "rb");
    for (int c; (c = getc(text)) != EOF;) putchar(c);
    int first = getc(bytes), second = getc(bytes);
    printf("%d %d\n", first, second);
}
