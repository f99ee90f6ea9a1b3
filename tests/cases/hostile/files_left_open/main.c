#include <stdio.h>
int main(void) {
    while (fopen("f", "w"));
    puts("refused");
}
