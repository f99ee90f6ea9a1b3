#!/bin/bash
# Compiles and links the Python guest. Run by `cargo xtask guests python` (see xtask/guest-sdk/toolchain.sh).
#
# Three steps, each kept if it is there already: zlib; an instrumented native interpreter, which yields the profile; the
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

# How code for the guest is optimised, besides what all guests have.
OPTIMIZE="-flto=thin -fprofile-use=$BUILD/python.profdata"
LINK="-flto=thin -Wl,--lto-O3 -Wl,-mllvm,-import-hot-multiplier=1 -Wl,-mllvm,-hot-callsite-threshold=300"
LINK+=" -Wl,--thinlto-jobs=$JOBS -Wl,--thinlto-cache-dir=$BUILD/cache"

build_zlib() {
    mkdir -p zlib
    local source
    for source in adler32 compress crc32 deflate infback inffast inflate inftrees trees uncompr zutil; do
        $CC $CFLAGS_GUEST -I"$SOURCES/zlib" -c "$SOURCES/zlib/$source.c" -o "zlib/$source.o"
    done
    $AR rcs zlib/libz.a zlib/*.o
}

# The profile: an instrumented interpreter runs train.py.
build_profile() {
    mkdir -p native
    (
        cd native
        unset CXX CPP LD
        export CC="clang-$LLVM -m32" MODULE_BUILDTYPE=static LLVM_PROFILE_FILE=/dev/null
        "$SOURCE/configure" --build=i686-linux-gnu "${CONFIGURE[@]}" \
            CFLAGS="-g0 -O2 -fprofile-generate -Wno-everything $MAPS" LDFLAGS=-fprofile-generate
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
        export ZLIB_CFLAGS="-I$SOURCES/zlib" ZLIB_LIBS="-L$BUILD/zlib -lz"
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
    cp "$GUEST/boot.py" "$FILES/"
    mkdir -p "$FILES/usr/lib/python$VERSION"
    (cd "$SOURCE/Lib" && find . -name '*.py' -not -path './test/*' -not -path '*/idle_test/*' -print0 |
        cpio --null --quiet -pdm "$FILES/usr/lib/python$VERSION")
    # What sysconfig reads; the real one lists how the interpreter was built, and nothing can be built for it in a sandbox.
    echo "build_time_vars = {'TZPATH': '', 'VERSION': '$VERSION', 'prefix': '/usr', 'EXT_SUFFIX': '.wasm', 'SOABI': None}" \
        >"$FILES/usr/lib/python$VERSION/_sysconfigdata__wasi_wasm32-wasi.py"
}

link_guest() {
    local wasm=wasm
    # The stack is twice what Py_C_STACK_SIZE (patches/2-recursion-limits.patch) lets the interpreter use.
    $CC $CFLAGS_GUEST $LINK $LDFLAGS_GUEST -Wl,-z,stack-size=$((8 << 20)) -std=gnu23 \
        -DSTDLIB="L\"/usr/lib/python$VERSION\"" -I"$SOURCE/Include" -I"$SOURCE/Include/internal" \
        -I$wasm -I"$SDK" "$GUEST/guest.c" "$GUEST/heap.c" \
        $wasm/libpython$VERSION.a $wasm/Modules/_decimal/libmpdec/libmpdec.a $wasm/Modules/_hacl/libHacl_*.a \
        $wasm/Modules/expat/libexpat.a zlib/libz.a \
        -ldl -lm -lwasi-emulated-signal -lwasi-emulated-getpid -lwasi-emulated-process-clocks -lpthread \
        -o "$OUT"
}

[ -f zlib/libz.a ] || build_zlib
[ -f python.profdata ] || build_profile
[ -f wasm/done ] || build_interpreter
copy_library
link_guest
