#!/bin/bash
# Compiles and links the Lua guest. Run by `cargo xtask guests lua` (see xtask/guest-sdk/toolchain.sh).
. "$SDK/toolchain.sh"

ENGINE=$SOURCES/lua/src
PARTS="lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring ltable ltm lundump lvm lzio"
PARTS+=" lauxlib lbaselib lcorolib ldblib liolib lmathlib loadlib loslib lstrlib ltablib lutf8lib linit"

# As Debian configures it (LUA_COMPAT_5_3), with what guest/config.h changes. The C library's setjmp.h refuses to be included.
# shellcheck disable=SC2046,SC2086
$CC $CFLAGS_GUEST -flto $LDFLAGS_GUEST -Wl,-z,stack-size=$((1 << 20)) \
    -D_SETJMP_H -DLUA_COMPAT_5_3 -DLUA_USE_JUMPTABLE=0 -std=gnu23 -Wno-everything \
    -include "$GUEST/config.h" -I"$ENGINE" -I"$SDK" \
    "$GUEST/guest.c" $(printf "$ENGINE/%s.c " $PARTS) \
    -lm -lwasi-emulated-signal -lwasi-emulated-process-clocks \
    -o "$OUT"
