#include <unistd.h>
int main(void) {
    for (;;) usleep(1000);
}
