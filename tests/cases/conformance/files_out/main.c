#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
static void put(const char *path, const char *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    fwrite(bytes, 1, length, file);
    fclose(file);
}
int main(void) {
    put("changed.txt", "after", 5);
    getc(fopen("read.txt", "r"));
    mkdir("deep", 0777);
    mkdir("deep/er", 0777);
    put("deep/er/new.bin", "\0\xff", 2);
    put("empty", "", 0);
    rename("same.txt", "renamed.txt");
    unlink("gone.txt");
    put("passing", "", 0);
    unlink("passing");
    put("/tmp/elsewhere", "x", 1);
    puts("done");
}
