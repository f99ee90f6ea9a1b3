#!/bin/bash
# Joins the package's module, compiled by its makers, with the guest's own. Run by `cargo xtask guests ruby` (see xtask/guest-sdk/toolchain.sh).
. "$SDK/toolchain.sh"

# The features that the package's module says it uses.
FEATURES="--enable-bulk-memory --enable-mutable-globals --enable-nontrapping-float-to-int --enable-sign-ext"

# Each module is followed by the name that others import it by.
# shellcheck disable=SC2086
wasm-merge $FEATURES "$SOURCES/ruby/dist/ruby+stdlib.wasm" ruby \
    "$GUEST/glue.wat" glue "$GUEST/stacks.wat" stacks "$GUEST/host.wat" rb-js-abi-host "$GUEST/canonical_abi.wat" canonical_abi \
    -o "$OUT"

cp "$GUEST/boot.rb" "$GUEST/threads.rb" "$FILES"
