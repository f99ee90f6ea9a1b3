#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int n = 0; n < 100; n++) {
        char name[20];
        sprintf(name, "f%d", n);
        fclose(fopen(name, "wb"));
        unlink(name);
    }
    puts("done");
}
