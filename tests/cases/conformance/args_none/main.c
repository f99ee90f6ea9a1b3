#include <stdio.h>
int main(int count, char **args) { (void)args; printf("%d\n", count - 1); }
