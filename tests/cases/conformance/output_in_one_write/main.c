#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void) {
    size_t left = 5000000;
    char *text = malloc(left);
    memset(text, 'x', left);
    for (ssize_t written; left && (written = write(1, text, left)) > 0;) left -= written;
}
