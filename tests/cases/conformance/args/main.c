#include <stdio.h>
int main(int count, char **args) {
    printf("[");
    for (int i = 1; i < count; i++) printf("%s\"%s\"", i > 1 ? "," : "", args[i]);
    printf("]");
}
