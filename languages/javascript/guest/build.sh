#!/bin/bash
# Compiles and links the JavaScript guest. Run by `cargo xtask guests javascript` (see xtask/guest-sdk/toolchain.sh).
. "$SDK/toolchain.sh"

ENGINE=$SOURCES/quickjs-ng/quickjs
mkdir -p guest/vendor
cp -r "$GUEST"/. guest/
cp "$SOURCES/node-inspect-extracted/dist/inspect.js" guest/vendor/
# It cannot look into promises by itself.
sed -i 's/getPromiseDetails:()=>\[g,void 0\]/getPromiseDetails(t){const s=native.promiseState(t);return s?[[g,0,h][s[0]],s[1]]:[g,void 0]}/' \
    guest/vendor/inspect.js
grep -q native.promiseState guest/vendor/inspect.js
# The initialisation evaluates these (lib/runtime.js).
for name in assert base64-js buffer events ieee754 noble-hashes path-browserify punycode querystring readable-stream \
    string_decoder url webidl-conversions whatwg-url-without-unicode; do
    (cd "$SOURCES/$name" && find . -name '*.js' -not -path './test*' -not -path './esm/*' -not -path './node_modules/*' \
        -exec install -D -m 644 {} "$FILES/packages/$name/{}" \;)
done
# The error as Node has it.
sed -i 's/throw new TypeError(`Invalid URL: ${\(url\|v\)}`)/throw Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: \1 })/' \
    "$FILES/packages/whatwg-url-without-unicode/lib/URL-impl.js"
grep -q ERR_INVALID_URL "$FILES/packages/whatwg-url-without-unicode/lib/URL-impl.js"

# shellcheck disable=SC2086
$CC $CFLAGS_GUEST -flto $LDFLAGS_GUEST -Wl,-z,stack-size=$((8 << 20)) \
    -D_GNU_SOURCE -DQUICKJS_NG_BUILD -std=gnu23 -Wno-everything \
    -I"$ENGINE" -I"$SDK" -Iguest \
    guest/guest.c guest/native.c guest/modules.c \
    "$ENGINE"/quickjs.c "$ENGINE"/libregexp.c "$ENGINE"/libunicode.c "$ENGINE"/dtoa.c \
    -lm -lwasi-emulated-signal -lwasi-emulated-process-clocks \
    -o "$OUT"
