#include <setjmp.h>
#include <stdio.h>
static jmp_buf handler;
int main(void) {
    if (setjmp(handler) == 0) longjmp(handler, 1);
    else puts("caught");
    puts("finally");
}
