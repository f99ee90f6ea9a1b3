#include <stdio.h>
int main(void) {
    const char *names[] = {"-rf", "...", "a b", "~", "日本", "new\nline", "\x01", "\xff\xfe"};
    for (int i = 0; i < 8; i++) {
        FILE *file = fopen(names[i], "w");
        fputs("x", file);
        fclose(file);
    }
    puts("done");
}
