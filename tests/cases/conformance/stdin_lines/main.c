#include <stdio.h>
int main(void) {
    int count, number, sum = 0;
    char rest[100];
    scanf("%d", &count);
    while (count--) {
        scanf("%d", &number);
        sum += number;
    }
    scanf("%s", rest);
    printf("%d\n%s\n", sum, rest);
}
