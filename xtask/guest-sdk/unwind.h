/* Leaving many calls at once, for interpreters that would use setjmp and longjmp, or C++'s exceptions.
 *
 * There is no code behind these two: `cargo xtask guests` replaces them (xtask/src/guests/unwind.rs). Frames that are left
 * run nothing more; the stack pointer is put back where `try` was called. A throw outside of any `try` must not happen. */
#ifndef CODERUNNER_UNWIND_H
#define CODERUNNER_UNWIND_H

#define UNWIND_IMPORT(name) __attribute__((import_module("unwind"), import_name(name)))

/* Calls function(first, second). 0 if it returned, 1 if it threw. */
UNWIND_IMPORT("try") int unwind_try(void (*function)(void *, void *), void *first, void *second);
UNWIND_IMPORT("throw") _Noreturn void unwind_throw(void);

#endif
