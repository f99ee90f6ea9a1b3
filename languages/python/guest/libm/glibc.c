/* What glibc's functions call of the rest of glibc, besides what glibc.h defines: they report errors, which Python finds by
 * looking at the results. */
#include "glibc.h"

double __math_check_uflow_lt(double x, double y) {
    (void)y;
    return x;
}

double __math_check_uflow_zero_lt(double x, double y, double result) {
    (void)x;
    (void)y;
    return result;
}

double __math_erange(double x) {
    return x;
}

/* Rounding is to nearest, and to even in the middle. */
double roundeven(double x) {
    return rint(x);
}
