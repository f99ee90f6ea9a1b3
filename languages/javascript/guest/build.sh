#!/bin/bash
# Compiles and links the JavaScript guest. Run by `cargo xtask guests javascript` (see xtask/guest-sdk/toolchain.sh).
. "$SDK/toolchain.sh"

ENGINE=$SOURCES/quickjs-ng/quickjs
mkdir -p guest/vendor
cp -r "$GUEST"/. guest/
cp "$SOURCES/node-inspect-extracted/dist/inspect.js" guest/vendor/

# shellcheck disable=SC2086
$CC $CFLAGS_GUEST -flto $LDFLAGS_GUEST -Wl,-z,stack-size=$((8 << 20)) \
    -D_GNU_SOURCE -DQUICKJS_NG_BUILD -std=gnu23 -Wno-everything \
    -I"$ENGINE" -I"$SDK" -Iguest \
    guest/guest.c guest/native.c guest/modules.c \
    "$ENGINE"/quickjs.c "$ENGINE"/libregexp.c "$ENGINE"/libunicode.c "$ENGINE"/dtoa.c \
    -lm -lwasi-emulated-signal -lwasi-emulated-process-clocks \
    -o "$OUT"
