/* What Lua's sources leave open, as the sandbox needs it. Included before each of them. */
#ifndef CODERUNNER_LUA_CONFIG_H
#define CODERUNNER_LUA_CONFIG_H

#include "unwind.h"

/* Errors and yields leave many calls at once (unwind.h). `f`, `L` and `ud` are those of luaD_rawrunprotected. */
#define luai_jmpbuf int
#define LUAI_THROW(L, c) unwind_throw()
#define LUAI_TRY(L, c, a) \
    if (unwind_try((void (*)(void *, void *))f, L, ud) && (c)->status == 0) \
        (c)->status = -1;

/* Where Debian's Lua looks for modules, so that what `require` says when it finds none is the same. */
#define LUA_PATH_DEFAULT \
    "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;/usr/local/lib/lua/5.4/?.lua;" \
    "/usr/local/lib/lua/5.4/?/init.lua;/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua;./?.lua;./?/init.lua"
#define LUA_CPATH_DEFAULT \
    "/usr/local/lib/lua/5.4/?.so;/usr/lib/x86_64-linux-gnu/lua/5.4/?.so;/usr/lib/lua/5.4/?.so;" \
    "/usr/local/lib/lua/5.4/loadall.so;./?.so"

/* Positions in files are larger than a `long`. */
#include <sys/types.h>
#define l_fseek(file, offset, whence) fseeko(file, offset, whence)
#define l_ftell(file) ftello(file)
#define l_seeknum off_t

/* os.setlocale (guest.c). */
#define setlocale guest_setlocale

/* os.clock: the C library's counts from when the snapshot was taken (guest.c). */
#include <time.h>
#define clock guest_clock
clock_t guest_clock(void);

/* os.tmpname and io.tmpfile, which the C library lacks (guest.c). */
#define LUA_TMPNAMBUFSIZE 32
#define lua_tmpnam(buffer, failed) ((failed) = guest_temporary_name(buffer))
int guest_temporary_name(char *name);
#define tmpfile guest_temporary_file
struct _IO_FILE *guest_temporary_file(void);

/* os.execute is replaced (guest.c). */
#define l_system(command) (-1)

#endif
