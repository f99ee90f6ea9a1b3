#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (!fork()) {
        setsid();
        if (!fork())
            for (;;) sleep(1);
        _exit(0);
    }
    puts("left");
}
