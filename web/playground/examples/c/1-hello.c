// Hello
#include <stdio.h>

int main(int count, char **args) {
    printf("Hello, %s!\n", count > 1 ? args[1] : "world");
}
