#include <stdio.h>
int main(void) {
    char line[100];
    if (fgets(line, sizeof line, stdin)) fputs(line, stdout);
    if (!fgets(line, sizeof line, stdin) && feof(stdin)) puts("end");
}
