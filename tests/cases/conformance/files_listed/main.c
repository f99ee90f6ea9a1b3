#include <dirent.h>
#include <stdio.h>
#include <string.h>
static int visible(const struct dirent *entry) { return entry->d_name[0] != '.' && strncmp(entry->d_name, "main.", 5) != 0; }
int main(void) {
    struct dirent **found;
    int count = scandir(".", &found, visible, alphasort);
    for (int i = 0; i < count; i++) printf(i + 1 < count ? "%s " : "%s\n", found[i]->d_name);
    printf("%d\n", scandir("data", &found, visible, alphasort));
}
