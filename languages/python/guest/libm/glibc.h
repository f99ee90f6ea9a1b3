/* Included ahead of each of glibc's mathematical functions (build.sh): what they expect of the rest of glibc.
 *
 * Python prints all digits of a result, so the last one is visible: the guest has the functions that CPython on Linux has.
 * Those of wasi-libc, which come from elsewhere, differ in it here and there. Rounding is to nearest, and flags of floating-point
 * exceptions are nobody's business: WebAssembly has neither. */
#ifndef CODERUNNER_PYTHON_GLIBC_H
#define CODERUNNER_PYTHON_GLIBC_H

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The names they are called by. */
#define __ieee754_acos acos
#define __ieee754_acosh acosh
#define __ieee754_asin asin
#define __ieee754_atan2 atan2
#define __ieee754_atanh atanh
#define __ieee754_cosh cosh
#define __ieee754_exp exp
#define __ieee754_hypot hypot
#define __ieee754_log log
#define __ieee754_log10 log10
#define __ieee754_sinh sinh
#define __asinh asinh
#define __atan atan
#define __cbrt cbrt
#define __copysign copysign
#define __cos cos
#define __erf erf
#define __erfc erfc
#define __expm1 expm1
#define __frexp frexp
#define __hypot hypot
#define __ldexp ldexp
#define __log1p log1p
#define __sin sin
#define __tan tan
#define __tanh tanh

#define libm_alias_finite(from, to)
#define libm_alias_double(from, to)
#define libm_hidden_proto(name)
#define hidden_proto(name)
#define strong_alias(from, to)
#define weak_alias(from, to)
#define attribute_hidden
#define LITTLE_ENDI 1
#define HIGH_HALF 1
#define LOW_HALF 0
#define LIBM_SVID_COMPAT 0
#define USE_FMAX_BUILTIN 1
#define USE_FMIN_BUILTIN 1
#ifndef FE_TONEAREST
#define FE_TONEAREST 0
#endif
#define FIX_INT_FP_CONVERT_ZERO 0
#define HIGH_ORDER_BIT_IS_SET_FOR_SNAN 0

#define __glibc_likely(x) __builtin_expect(!!(x), 1)
#define __glibc_unlikely(x) __builtin_expect(!!(x), 0)
#define __always_inline inline __attribute__((always_inline))
#define array_length(array) (sizeof(array) / sizeof *(array))
#define __set_errno(value) (errno = (value))
#define DIAG_PUSH_NEEDS_COMMENT
#define DIAG_POP_NEEDS_COMMENT
#define DIAG_IGNORE_NEEDS_COMMENT(version, option)
#define DIAG_IGNORE_Os_NEEDS_COMMENT(version, option)
#define DIAG_IGNORE_Os_NEEDS_COMMENT_GCC(version, option)

#define SET_RESTORE_ROUND(mode)
#define SET_RESTORE_ROUND_NOEX(mode)
#define SET_RESTORE_ROUND_53BIT(mode)
#define math_narrow_eval(x) (x)
#define math_opt_barrier(x) (x)
#define math_force_eval(x) ((void)(x))
#define math_check_force_underflow(x) ((void)(x))
#define math_check_force_underflow_nonneg(x) ((void)(x))
#define fabs_tg(x) fabs(x)

typedef union {
    double value;
    struct {
        uint32_t lsw, msw;
    } parts;
    uint64_t word;
} ieee_double_shape_type;

#define EXTRACT_WORDS(high, low, x) \
    do { ieee_double_shape_type shape_ = {.value = (x)}; (high) = shape_.parts.msw; (low) = shape_.parts.lsw; } while (0)
#define EXTRACT_WORDS64(words, x) \
    do { ieee_double_shape_type shape_ = {.value = (x)}; (words) = shape_.word; } while (0)
#define INSERT_WORDS(x, high, low) \
    do { ieee_double_shape_type shape_; shape_.parts.msw = (high); shape_.parts.lsw = (low); (x) = shape_.value; } while (0)
#define INSERT_WORDS64(x, words) \
    do { ieee_double_shape_type shape_ = {.word = (words)}; (x) = shape_.value; } while (0)
#define GET_HIGH_WORD(high, x) \
    do { ieee_double_shape_type shape_ = {.value = (x)}; (high) = shape_.parts.msw; } while (0)
#define GET_LOW_WORD(low, x) \
    do { ieee_double_shape_type shape_ = {.value = (x)}; (low) = shape_.parts.lsw; } while (0)
#define SET_HIGH_WORD(x, high) \
    do { ieee_double_shape_type shape_ = {.value = (x)}; shape_.parts.msw = (high); (x) = shape_.value; } while (0)
#define SET_LOW_WORD(x, low) \
    do { ieee_double_shape_type shape_ = {.value = (x)}; shape_.parts.lsw = (low); (x) = shape_.value; } while (0)

double roundeven(double x);
int __branred(double x, double *a, double *aa);

#endif
