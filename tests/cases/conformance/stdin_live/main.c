#include <stdio.h>
#include <string.h>
int main(void) {
    for (char line[100]; fgets(line, sizeof line, stdin);) {
        line[strcspn(line, "\n")] = 0;
        puts(line);
    }
}
