#include <math.h>
#include <stdio.h>
int main(void) {
    printf("%.0f\n", pow(2, 100));
    printf("%.17g\n", 0.1 + 0.2);
    printf("%f %f\n", INFINITY, NAN);
}
