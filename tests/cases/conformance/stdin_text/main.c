#include <stdio.h>
#include <string.h>
int main(void) {
    char text[100] = "", *last = text;
    int count = 1;
    text[fread(text, 1, sizeof text - 1, stdin)] = 0;
    for (char *newline; (newline = strchr(last, '\n')); last = newline + 1) count++;
    printf("%d lines, the last is %s\n", count, last);
}
