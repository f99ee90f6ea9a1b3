#include <stdio.h>
#include <time.h>
int main(void) {
    struct timespec a, b;
    puts(time(NULL) > 1700000000 ? "true" : "false");
    clock_gettime(CLOCK_MONOTONIC, &a);
    clock_gettime(CLOCK_MONOTONIC, &b);
    puts(b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec) ? "true" : "false");
}
