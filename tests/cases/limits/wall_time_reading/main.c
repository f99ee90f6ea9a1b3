#include <stdio.h>
#include <unistd.h>
int main(void) {
    puts("start");
    fflush(stdout);
    getchar();
}
