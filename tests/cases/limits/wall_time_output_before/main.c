#include <stdio.h>
#include <unistd.h>
int main(void) {
    printf("line\npart");
    fflush(stdout);
    sleep(3600);
}
