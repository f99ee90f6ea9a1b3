#!/bin/bash
# Compiles and links the Python guest. Run by `cargo xtask guests python` (see xtask/guest-sdk/toolchain.sh).
#
# Three steps, each kept if it is there already: the libraries; an instrumented native interpreter, which yields the profile; the
# interpreter proper. The profile comes from a 32-bit build: a 64-bit one compiles the interpreter's loop to other code,
# and the compiler would discard what was counted for it.
#
# Linked with ThinLTO: the linker inlines across files what the profile says is hot. Within measure: by its own thresholds
# it made the interpreter's loop four times as large, and took six times as long and 15 GB, for 1 % of speed.
. "$SDK/toolchain.sh"

SOURCE=$SOURCES/cpython
VERSION=$(sed -n 's/^VERSION=//p' "$SOURCE/configure" | head -1)
JOBS=$(nproc)

# What both interpreters are configured with. Switch dispatch: WebAssembly has no computed jumps, and native code compiled
# from them would have another shape than what the profile is for.
CONFIGURE=(--without-ensurepip --disable-test-modules --enable-big-digits=30 --with-pymalloc --without-computed-gotos)

# The interpreter asks for integers that wrap around, by an option that since version 20 means pointers as well to clang. What is at an offset from a pointer
# that may wrap around cannot be read by one instruction, which holds for every field of every object.
POINTERS=-fno-wrapv-pointer

# How code for the guest is optimised, besides what all guests have.
OPTIMIZE="$POINTERS -flto=thin -fprofile-use=$BUILD/python.profdata"
LINK="-flto=thin -Wl,--lto-O3 -Wl,-mllvm,-import-hot-multiplier=1 -Wl,-mllvm,-hot-callsite-threshold=300"
LINK+=" -Wl,--thinlto-jobs=$JOBS -Wl,--thinlto-cache-dir=$BUILD/cache"

# compile LIBRARY FLAGS SOURCE...: a static library from C files, into the folder of its name.
compile() {
    local name=$1 flags=$2 source
    shift 2
    mkdir -p "$name"
    for source in "$@"; do
        # shellcheck disable=SC2086
        $CC $CFLAGS_GUEST -Wno-everything $flags -c "$source" -o "$name/$(basename "$source" .c).o"
    done
    $AR rcs "$name/lib$name.a" "$name"/*.o
}

# What the interpreter's modules stand on. None has threads, none loads anything.
build_libraries() {
    local from
    from=$SOURCES/zlib
    compile z "-I$from" "$from"/{adler32,compress,crc32,deflate,infback,inffast,inflate,inftrees,trees,uncompr,zutil}.c
    from=$SOURCES/bzip2
    compile bz2 "-I$from" "$from"/{blocksort,bzlib,compress,crctable,decompress,huffman,randtable}.c

    from=$SOURCES/xz/src/liblzma
    local define=(HAVE_STDINT_H HAVE_STDBOOL_H HAVE_INTTYPES_H HAVE_STRING_H HAVE__BOOL HAVE_VISIBILITY=0 NDEBUG)
    define+=(TUKLIB_SYMBOL_PREFIX=lzma_ HAVE___BUILTIN_BSWAPXX HAVE___BUILTIN_ASSUME_ALIGNED ASSUME_RAM=128 SIZEOF_SIZE_T=4)
    define+=(HAVE_CHECK_{CRC32,CRC64,SHA256} HAVE_ENCODERS HAVE_DECODERS HAVE_LZIP_DECODER HAVE_MF_{HC3,HC4,BT2,BT3,BT4})
    define+=(HAVE_{ENCODER,DECODER}_{LZMA1,LZMA2,DELTA,X86,POWERPC,IA64,ARM,ARMTHUMB,ARM64,SPARC,RISCV})
    local lzma=()
    for source in "$from"/{check,common,delta,lz,lzma,rangecoder,simple}/*.c; do
        # Tables are there ready-made, and what is for threads or for systems short of memory is not wanted.
        case $source in *gen.c | *_mt.c | *_small.c | */outqueue.c | */hardware_cputhreads.c | */hardware_physmem.c) ;;
        *) lzma+=("$source") ;; esac
    done
    compile lzma "${define[*]/#/-D} -I$SOURCES/xz/src/common $(printf -- "-I$from/%s " api check common delta lz lzma rangecoder simple)" \
        "${lzma[@]}"

    from=$SOURCES/zstd/lib
    compile zstd "-I$from -DZSTD_DISABLE_ASM -DZSTD_LEGACY_SUPPORT=0 -DDEBUGLEVEL=0" "$from"/{common,compress,decompress,dictBuilder}/*.c

    # SQLite is compiled from one file, which its own scripts make; the interpreter for these is among its sources.
    mkdir -p sqlite3
    (
        cd sqlite3
        unset CXX CPP LD
        export CC="clang-$LLVM -m32" CC_FOR_BUILD="clang-$LLVM -m32"
        "$SOURCES/sqlite/configure" --disable-tcl --disable-readline --disable-load-extension
        make sqlite3.c sqlite3.h
    )
    # As Debian has it, as far as there is anything for it to work on.
    define=(SQLITE_WASI SQLITE_DEFAULT_UNIX_VFS='"unix"' SQLITE_THREADSAFE=0 SQLITE_OMIT_LOAD_EXTENSION HAVE_USLEEP=1)
    define+=(SQLITE_MAX_VARIABLE_NUMBER=250000 SQLITE_MAX_MMAP_SIZE=0 SQLITE_DQS=3 SQLITE_SECURE_DELETE)
    define+=(SQLITE_ENABLE_{COLUMN_METADATA,FTS3,FTS3_PARENTHESIS,FTS4,FTS5,RTREE,GEOPOLY,MATH_FUNCTIONS,DBSTAT_VTAB,STMTVTAB,PERCENTILE})
    compile sqlite3 "${define[*]/#/-D} -Isqlite3 -include $GUEST/sqlite.h" sqlite3/sqlite3.c
    compile ffi "-I$GUEST/ffi" "$GUEST/ffi/ffi.c"

    # glibc's functions where wasi-libc has others: libm/glibc.h says why. exp, log, pow and the like are the same in both.
    from=$SOURCES/glibc/sysdeps/ieee754/dbl-64
    mkdir -p m/include
    local header
    for header in libm-alias-{finite,double} math_private math-{underflow,barriers,narrow-eval,svid-compat} fenv_private \
        array_length fix-int-fp-convert-zero libc-diag nan-high-order-bit stdbit; do
        : >"m/include/$header.h"
    done
    # Not contracted: WebAssembly has no fused multiplication and addition, and most that glibc has for processors with it agrees.
    compile m "-ffp-contract=off -fno-builtin -include $GUEST/libm/glibc.h -I$GUEST/libm -Im/include -I$from" \
        "$from"/{e_{asin,acosh,atan2,atanh,cosh,hypot,log10,sinh},s_{asinh,atan,cbrt,erf,erfc,expm1,log1p,sin,tan,tanh}}.c \
        "$from"/{s_{erf,erfc,asincosh,atanh}_data,s_erf_common,branred,sincostab}.c "$GUEST/libm/glibc.c"
    touch libraries
}

# The profile: an instrumented interpreter runs train.py.
build_profile() {
    mkdir -p native
    (
        cd native
        unset CXX CPP LD
        export CC="clang-$LLVM -m32" MODULE_BUILDTYPE=static LLVM_PROFILE_FILE=/dev/null
        "$SOURCE/configure" --build=i686-linux-gnu "${CONFIGURE[@]}" \
            CFLAGS="-g0 -O2 $POINTERS -fprofile-generate -Wno-everything $MAPS" LDFLAGS=-fprofile-generate
        make -j"$JOBS" python
        # The same addresses and hashes in every run: the order of sets is part of what is counted.
        LLVM_PROFILE_FILE=train.profraw PYTHONHASHSEED=0 setarch --addr-no-randomize ./python -S -B "$GUEST/train.py"
    )
    "llvm-profdata-$LLVM" merge -o python.profdata native/train.profraw
}

build_interpreter() {
    mkdir -p wasm
    (
        cd wasm
        export CONFIG_SITE=$SOURCE/Tools/wasm/wasi/config.site-wasm32-wasi
        export ZLIB_CFLAGS="-I$SOURCES/zlib" ZLIB_LIBS="-L$BUILD/z -lz"
        export BZIP2_CFLAGS="-I$SOURCES/bzip2" BZIP2_LIBS="-L$BUILD/bz2 -lbz2"
        export LIBLZMA_CFLAGS="-I$SOURCES/xz/src/liblzma/api" LIBLZMA_LIBS="-L$BUILD/lzma -llzma"
        export LIBZSTD_CFLAGS="-I$SOURCES/zstd/lib" LIBZSTD_LIBS="-L$BUILD/zstd -lzstd"
        export LIBSQLITE3_CFLAGS="-I$BUILD/sqlite3" LIBSQLITE3_LIBS="-L$BUILD/sqlite3 -lsqlite3 -lm"
        export LIBFFI_CFLAGS="-I$GUEST/ffi" LIBFFI_LIBS="-L$BUILD/ffi -lffi"
        "$SOURCE/configure" --host=wasm32-wasip1 --build=x86_64-linux-gnu --with-build-python="/usr/bin/python$VERSION" \
            --prefix=/usr "${CONFIGURE[@]}" \
            CFLAGS="$CFLAGS_GUEST -Wno-everything"
        # Only the libraries: linking takes longest by far, and the guest is what is linked.
        # shellcheck disable=SC2046
        make -j"$JOBS" CFLAGS_NODIST="$OPTIMIZE" "libpython$VERSION.a" Modules/_decimal/libmpdec/libmpdec.a Modules/expat/libexpat.a \
            $(sed -n 's/^LIBHACL_.*_LIB_STATIC=//p' Makefile)
        touch done
    )
}

# Files for the initialisation (FILES): boot.py and the library's sources.
copy_library() {
    cp "$GUEST"/{boot,threads,absent}.py "$FILES/"
    mkdir -p "$FILES/usr/lib/python$VERSION"
    (cd "$SOURCE/Lib" && find . -name '*.py' -not -path './test/*' -not -path '*/idle_test/*' -print0 |
        cpio --null --quiet -pdm "$FILES/usr/lib/python$VERSION")
    # What sysconfig reads; the real one lists how the interpreter was built, and nothing can be built for it in a sandbox.
    echo "build_time_vars = {'TZPATH': '', 'VERSION': '$VERSION', 'prefix': '/usr', 'EXT_SUFFIX': '.wasm', 'SOABI': None}" \
        >"$FILES/usr/lib/python$VERSION/_sysconfigdata__wasi_wasm32-wasi.py"
    rm -rf packages
    mkdir -p packages
    cp "$SOURCES"/*/*.whl packages/
    "python$VERSION" "$GUEST/pack.py" "$FILES/usr/lib/python$VERSION" packages "$FILES"
}

link_guest() {
    local wasm=wasm
    # The stack is twice what Py_C_STACK_SIZE (patches/2-recursion-limits.patch) lets the interpreter use.
    $CC $CFLAGS_GUEST $LINK $LDFLAGS_GUEST -Wl,-z,stack-size=$((8 << 20)) -std=gnu23 \
        -DSTDLIB="L\"/usr/lib/python$VERSION\"" -I"$SOURCE/Include" -I"$SOURCE/Include/internal" \
        -I$wasm -I"$SDK" "$GUEST"/{guest,heap,strerror}.c -Wl,--wrap=strerror \
        $wasm/libpython$VERSION.a $wasm/Modules/_decimal/libmpdec/libmpdec.a $wasm/Modules/_hacl/libHacl_*.a \
        $wasm/Modules/expat/libexpat.a {z,bz2,lzma,zstd,sqlite3,ffi,m}/lib*.a \
        -ldl -lm -lwasi-emulated-signal -lwasi-emulated-getpid -lwasi-emulated-process-clocks -lpthread \
        -o "$OUT"
}

[ -f libraries ] || build_libraries
[ -f python.profdata ] || build_profile
[ -f wasm/done ] || build_interpreter
copy_library
link_guest
