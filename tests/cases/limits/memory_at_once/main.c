#include <stdlib.h>
#include <string.h>
int main(void) { memset(malloc(200 << 20), 1, 200 << 20); }
