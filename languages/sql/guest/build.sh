#!/bin/bash
# Compiles and links the SQL guest. Run by `cargo xtask guests sql` (see xtask/guest-sdk/toolchain.sh).
. "$SDK/toolchain.sh"

# One file of the library and one of its shell, made by programs that are in the sources themselves.
(
    cd "$SOURCES/sqlite"
    env -u CC make -f Makefile.linux-generic sqlite3.c shell.c CC="clang-$LLVM" B.cc="clang-$LLVM" \
        OPT_FEATURE_FLAGS=-DSQLITE_ENABLE_UPDATE_DELETE_LIMIT
)

# As Debian configures it, but for threads, extensions to be loaded, and what needs other processes. Whoever has the working
# folder has it alone, so that nothing is locked; temporary tables stay in memory.
FEATURES=(
    BYTECODE_VTAB COLUMN_METADATA DBPAGE_VTAB DBSTAT_VTAB DESERIALIZE EXPLAIN_COMMENTS FTS3 FTS3_PARENTHESIS FTS4 FTS5 GEOPOLY
    MATH_FUNCTIONS OFFSET_SQL_FUNC PERCENTILE PREUPDATE_HOOK RTREE SESSION STMTVTAB UNKNOWN_SQL_FUNCTION UPDATE_DELETE_LIMIT
)
SETTINGS=(
    DQS=0 THREADSAFE=0 OMIT_LOAD_EXTENSION OMIT_POPEN OMIT_WAL NOHAVE_SYSTEM SECURE_DELETE SOUNDEX STRICT_SUBTYPE=1 TEMP_STORE=2
    LIKE_DOESNT_MATCH_BLOBS USE_URI MAX_VARIABLE_NUMBER=250000 DEFAULT_UNIX_VFS='"unix-none"'
)

# shellcheck disable=SC2086
$CC $CFLAGS_GUEST -flto $LDFLAGS_GUEST -Wl,-z,stack-size=$((4 << 20)) -std=gnu23 -Wno-everything \
    "${FEATURES[@]/#/-DSQLITE_ENABLE_}" "${SETTINGS[@]/#/-DSQLITE_}" -DHAVE_ISNAN=1 -DHAVE_USLEEP=1 \
    -I"$SOURCES/sqlite" -I"$SDK" "$GUEST/guest.c" "$SOURCES/sqlite/sqlite3.c" \
    -lm -lwasi-emulated-signal -lwasi-emulated-process-clocks -lwasi-emulated-getpid \
    -o "$OUT"
