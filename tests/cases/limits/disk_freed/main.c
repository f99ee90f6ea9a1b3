#include <stdio.h>
#include <unistd.h>
static char block[200 << 10];
static void put(void) {
    FILE *file = fopen("big", "wb");
    fwrite(block, sizeof block, 1, file);
    fclose(file);
}
int main(void) {
    for (int i = 0; i < 20; i++) put(), unlink("big");
    for (int i = 0; i < 20; i++) put();
    puts("done");
}
