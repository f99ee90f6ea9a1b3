/* libffi's interface, as far as CPython's module _ctypes uses it; see ffi.c for what works.
 *
 * Names, type numbers and structures are libffi's (ffi.h of libffi 3.5), since _ctypes is compiled against them. */
#ifndef CODERUNNER_PYTHON_FFI_H
#define CODERUNNER_PYTHON_FFI_H

#include <stddef.h>

enum {
    FFI_TYPE_VOID = 0,
    FFI_TYPE_INT = 1,
    FFI_TYPE_FLOAT = 2,
    FFI_TYPE_DOUBLE = 3,
    FFI_TYPE_LONGDOUBLE = 4,
    FFI_TYPE_UINT8 = 5,
    FFI_TYPE_SINT8 = 6,
    FFI_TYPE_UINT16 = 7,
    FFI_TYPE_SINT16 = 8,
    FFI_TYPE_UINT32 = 9,
    FFI_TYPE_SINT32 = 10,
    FFI_TYPE_UINT64 = 11,
    FFI_TYPE_SINT64 = 12,
    FFI_TYPE_STRUCT = 13,
    FFI_TYPE_POINTER = 14,
    FFI_TYPE_COMPLEX = 15,
};

typedef enum { FFI_OK = 0, FFI_BAD_TYPEDEF, FFI_BAD_ABI, FFI_BAD_ARGTYPE } ffi_status;
typedef enum { FFI_FIRST_ABI = 0, FFI_DEFAULT_ABI } ffi_abi;

typedef unsigned long ffi_arg;
typedef signed long ffi_sarg;

typedef struct _ffi_type {
    size_t size;
    unsigned short alignment;
    unsigned short type;
    struct _ffi_type **elements;
} ffi_type;

typedef struct {
    ffi_abi abi;
    unsigned nargs;
    ffi_type **arg_types;
    ffi_type *rtype;
} ffi_cif;

typedef struct {
    void *unused;
} ffi_closure;

extern ffi_type ffi_type_void, ffi_type_uint8, ffi_type_sint8, ffi_type_uint16, ffi_type_sint16, ffi_type_uint32,
    ffi_type_sint32, ffi_type_uint64, ffi_type_sint64, ffi_type_float, ffi_type_double, ffi_type_longdouble, ffi_type_pointer;

#define ffi_type_uchar ffi_type_uint8
#define ffi_type_schar ffi_type_sint8
#define ffi_type_ushort ffi_type_uint16
#define ffi_type_sshort ffi_type_sint16
#define ffi_type_uint ffi_type_uint32
#define ffi_type_sint ffi_type_sint32
#define ffi_type_ulong ffi_type_uint32
#define ffi_type_slong ffi_type_sint32

#define FFI_FN(f) ((void (*)(void))f)

ffi_status ffi_prep_cif(ffi_cif *cif, ffi_abi abi, unsigned count, ffi_type *result, ffi_type **arguments);
ffi_status ffi_prep_cif_var(ffi_cif *cif, ffi_abi abi, unsigned fixed, unsigned count, ffi_type *result, ffi_type **arguments);
void ffi_call(ffi_cif *cif, void (*function)(void), void *result, void **arguments);
void *ffi_closure_alloc(size_t size, void **code);
void ffi_closure_free(void *closure);
ffi_status ffi_prep_closure_loc(ffi_closure *closure, ffi_cif *cif, void (*function)(ffi_cif *, void *, void **, void *),
                                void *data, void *code);
/* The same without the last; _ctypes mentions it and does not call it. */
ffi_status ffi_prep_closure(ffi_closure *closure, ffi_cif *cif, void (*function)(ffi_cif *, void *, void **, void *),
                            void *data);

#endif
