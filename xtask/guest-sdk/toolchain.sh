# The WASI toolchain, for a guest's build.sh to source. xtask runs build.sh inside the build system it made, with
#   SDK      this folder
#   SOURCES  one folder per source of the recipe, unpacked and patched, each under the name the recipe gives it
#   GUEST    a copy of languages/<id>/guest
#   BUILD    the folder for intermediate files (also the current one), kept from one build to the next
#   FILES    an empty folder; what build.sh puts there, the initialisation can read, by the same paths
#   OUT      where the linked module goes
# What must not depend on where or when the guest was built is mapped or fixed here.
set -euo pipefail

export SOURCE_DATE_EPOCH=0 LC_ALL=C.UTF-8 TZ=UTC
LLVM=$(basename /usr/lib/llvm-*); LLVM=${LLVM#llvm-}
# A root that has nothing but WASI's C library: among the build system's own headers, configure would find those of Linux.
TARGET="--target=wasm32-wasip1 --sysroot=/wasi"
MAPS="-ffile-prefix-map=$SOURCES=. -ffile-prefix-map=$GUEST=guest -ffile-prefix-map=$BUILD=build -ffile-prefix-map=$SDK=sdk"

export CC="clang-$LLVM $TARGET" CXX="clang++-$LLVM $TARGET" CPP="clang-cpp-$LLVM $TARGET"
export AR="llvm-ar-$LLVM" RANLIB="llvm-ranlib-$LLVM" LD="wasm-ld-$LLVM"
# pkg-config must not find the build system's own libraries.
export PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nonexistent

# Every guest is built with these. No debug information: it would be most of the module.
CFLAGS_GUEST="-O3 -g0 -msimd128 -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_GETPID $MAPS"
# A reactor, its stack below its data so that an overflow traps (docs/guest-abi.md). clang runs wasm-opt after the linker where
# that is installed, as it may be for another guest: the same recipe must give the same bytes.
LDFLAGS_GUEST="--no-wasm-opt -mexec-model=reactor -Wl,--stack-first -Wl,--gc-sections -Wl,--strip-all"
