/* What ctypes stands on in the sandbox: the C types, and calls of what C has itself.
 *
 * There are no shared libraries to call into, and WebAssembly cannot make functions at run time. What is left, and what
 * programs use ctypes for here, are its types (numbers of fixed width, arrays, structures) and the few functions that
 * ctypes itself calls (cast, memmove, memset, string_at): all of them take up to four numbers or pointers of 32 bits. */
#include "ffi.h"

#include <stdlib.h>

enum { ARGUMENTS_MAX = 4 };

#define TYPE(name, c_type, number) \
    ffi_type ffi_type_##name = {sizeof(c_type), _Alignof(c_type), FFI_TYPE_##number, NULL}

ffi_type ffi_type_void = {1, 1, FFI_TYPE_VOID, NULL};
TYPE(uint8, unsigned char, UINT8);
TYPE(sint8, signed char, SINT8);
TYPE(uint16, unsigned short, UINT16);
TYPE(sint16, short, SINT16);
TYPE(uint32, unsigned, UINT32);
TYPE(sint32, int, SINT32);
TYPE(uint64, unsigned long long, UINT64);
TYPE(sint64, long long, SINT64);
TYPE(float, float, FLOAT);
TYPE(double, double, DOUBLE);
TYPE(longdouble, long double, LONGDOUBLE);
TYPE(pointer, void *, POINTER);

static int is_word(const ffi_type *type) {
    return type->type == FFI_TYPE_UINT32 || type->type == FFI_TYPE_SINT32 || type->type == FFI_TYPE_POINTER;
}

ffi_status ffi_prep_cif(ffi_cif *cif, ffi_abi abi, unsigned count, ffi_type *result, ffi_type **arguments) {
    if (count > ARGUMENTS_MAX || !(is_word(result) || result->type == FFI_TYPE_VOID))
        return FFI_BAD_TYPEDEF;
    for (unsigned i = 0; i < count; i++)
        if (!is_word(arguments[i]))
            return FFI_BAD_ARGTYPE;
    *cif = (ffi_cif){abi, count, arguments, result};
    return FFI_OK;
}

ffi_status ffi_prep_cif_var(ffi_cif *cif, ffi_abi abi, unsigned fixed, unsigned count, ffi_type *result,
                            ffi_type **arguments) {
    (void)fixed;
    return ffi_prep_cif(cif, abi, count, result, arguments);
}

/* A WebAssembly function is called by its exact type: what is no function of words ends the program. */
void ffi_call(ffi_cif *cif, void (*function)(void), void *result, void **arguments) {
    typedef ffi_arg word;
    word a[ARGUMENTS_MAX] = {0}, value;
    for (unsigned i = 0; i < cif->nargs; i++)
        a[i] = *(word *)arguments[i];
    if (cif->rtype->type == FFI_TYPE_VOID) {
        switch (cif->nargs) {
        case 0: function(); return;
        case 1: ((void (*)(word))function)(a[0]); return;
        case 2: ((void (*)(word, word))function)(a[0], a[1]); return;
        case 3: ((void (*)(word, word, word))function)(a[0], a[1], a[2]); return;
        default: ((void (*)(word, word, word, word))function)(a[0], a[1], a[2], a[3]); return;
        }
    }
    switch (cif->nargs) {
    case 0: value = ((word (*)(void))function)(); break;
    case 1: value = ((word (*)(word))function)(a[0]); break;
    case 2: value = ((word (*)(word, word))function)(a[0], a[1]); break;
    case 3: value = ((word (*)(word, word, word))function)(a[0], a[1], a[2]); break;
    default: value = ((word (*)(word, word, word, word))function)(a[0], a[1], a[2], a[3]); break;
    }
    *(word *)result = value;
}

/* Functions that C could call cannot be made, which ffi_prep_closure_loc() says: _ctypes allocates one when it is imported. */
void *ffi_closure_alloc(size_t size, void **code) {
    return *code = malloc(size);
}

void ffi_closure_free(void *closure) {
    free(closure);
}

ffi_status ffi_prep_closure_loc(ffi_closure *closure, ffi_cif *cif, void (*function)(ffi_cif *, void *, void **, void *),
                                void *data, void *code) {
    (void)closure;
    (void)cif;
    (void)function;
    (void)data;
    (void)code;
    return FFI_BAD_ABI;
}

ffi_status ffi_prep_closure(ffi_closure *closure, ffi_cif *cif, void (*function)(ffi_cif *, void *, void **, void *),
                            void *data) {
    return ffi_prep_closure_loc(closure, cif, function, data, NULL);
}
