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
sed -i 's/previewEntries:t=>\[\[\],!1\]/previewEntries(t,n){const s=native.previewEntries(t);return n?s??[[],!1]:s?s[0]:[]}/' guest/vendor/inspect.js
grep -q native.previewEntries guest/vendor/inspect.js
# Methods can be generators as well.
sed -i 's/a\.toString\.call(t)\.match(\/^(async\\s+)?function \*\\\*\/)/\/GeneratorFunction\\]$\/.test({}.toString.call(t))/' guest/vendor/inspect.js
grep -q 'GeneratorFunction\\\]' guest/vendor/inspect.js
# The initialisation evaluates these (lib/runtime.js).
for name in assert base64-js buffer events ieee754 moment-timezone noble-hashes path-browserify punycode querystring readable-stream \
    string_decoder url webidl-conversions whatwg-url-without-unicode; do
    (cd "$SOURCES/$name" && find . -name '*.js' -not -path './test*' -not -path './esm/*' -not -path './node_modules/*' \
        -exec install -D -m 644 {} "$FILES/packages/$name/{}" \;)
done
# Errors as Node has them.
sed -i "s/throw new TypeError('The \"listener\" argument must be of type Function. Received type ' + typeof listener)/throw Object.assign(new TypeError('The \"listener\" argument must be of type function. Received type ' + typeof listener), { code: 'ERR_INVALID_ARG_TYPE' })/" \
    "$FILES/packages/events/events.js"
grep -q ERR_INVALID_ARG_TYPE "$FILES/packages/events/events.js"
sed -i 's/throw new TypeError(`Invalid URL: ${\(url\|v\)}`)/throw Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: \1 })/' \
    "$FILES/packages/whatwg-url-without-unicode/lib/URL-impl.js"
grep -q ERR_INVALID_URL "$FILES/packages/whatwg-url-without-unicode/lib/URL-impl.js"
# Names beyond ASCII: the package leaves them as they are. Mapped as UTS 46 does but for rare characters (compatibility forms, case, dots of
# other scripts, what is ignored), then encoded.
sed -i '/^function domainToASCII(domain) {/,/^}/c\
function domainToASCII(domain) {\
  const ignored = /[\\u00ad\\u200b\\u2060\\ufe00-\\ufe0f\\ufeff]/g;\
  const mapped = domain.replace(ignored, "").normalize("NFKC").toLowerCase().normalize("NFKC").replace(/[\\u3002\\uff0e\\uff61]/g, ".");\
  return mapped === "" ? failure : punycode.toASCII(mapped);\
}' "$FILES/packages/whatwg-url-without-unicode/lib/url-state-machine.js"
grep -q NFKC "$FILES/packages/whatwg-url-without-unicode/lib/url-state-machine.js"

# shellcheck disable=SC2086
$CC $CFLAGS_GUEST -flto $LDFLAGS_GUEST -Wl,-z,stack-size=$((8 << 20)) \
    -D_GNU_SOURCE -DQUICKJS_NG_BUILD -std=gnu23 -Wno-everything \
    -I"$ENGINE" -I"$SDK" -Iguest \
    guest/guest.c guest/native.c guest/modules.c \
    "$ENGINE"/quickjs.c "$ENGINE"/libregexp.c "$ENGINE"/libunicode.c "$ENGINE"/dtoa.c \
    -lm -lwasi-emulated-signal -lwasi-emulated-process-clocks \
    -o "$OUT"
