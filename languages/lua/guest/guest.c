/* The Lua guest: the interpreter as a CodeRunner guest (docs/guest-abi.md).
 *
 * Holds the state's life: it is made, with its libraries, when the snapshot is taken, and `run` runs one job as `lua FILE`
 * would. What that program does around a script (the error handler, the table `arg`) is taken from its own source. */
#define main lua_main
#include "lua.c"
#undef main

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>
#include <wasi/libc-environ.h>

#include "job.h"
#include "linux_errno.h"

enum { EXIT_NO_JOB = 70 };

static struct {
    lua_State *lua;
    int seed; /* math.randomseed, in the registry */
} guest;

static Job job;

/* ---- what the C library lacks ---- */

/* Makes a file that nobody has in /tmp and opens it; negative if that fails. */
static int open_temporary(char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (int attempt = 0; attempt < 100; attempt++) {
        unsigned char random[6];
        getentropy(random, sizeof random);
        strcpy(name, "/tmp/lua_XXXXXX");
        for (size_t i = 0; i < sizeof random; i++)
            name[9 + i] = letters[random[i] % (sizeof letters - 1)];
        int descriptor = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

int guest_temporary_name(char *name) {
    int descriptor = open_temporary(name);
    return descriptor < 0 || close(descriptor) != 0;
}

FILE *guest_temporary_file(void) {
    char name[LUA_TMPNAMBUFSIZE];
    int descriptor = open_temporary(name);
    if (descriptor < 0)
        return NULL;
    unlink(name);
    return fdopen(descriptor, "w+");
}

/* There is one locale; the C library would take any name. */
char *guest_setlocale(int category, const char *locale) {
    bool known = !locale || !*locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
    return known ? "C" : NULL;
}

clock_t guest_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* counts from the start of the instance */
    return now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

/* ---- what cannot work ---- */

static int no_process(lua_State *L) {
    if (lua_isnoneornil(L, 1)) { /* os.execute() asks whether there is a shell */
        lua_pushboolean(L, 0);
        return 1;
    }
    luaL_pushfail(L);
    lua_pushliteral(L, "no program can be started in the sandbox");
    lua_pushinteger(L, linux_errno(ENOSYS));
    return 3;
}

/* ---- a job ---- */

/* Pushes the job's program, or an error message; as luaL_loadfilex, which would have to read it from a file. */
static int load_program(lua_State *L) {
    const char *source = job.source.bytes;
    size_t length = job.source.length;
    if (length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) {
        source += 3;
        length -= 3;
    }
    if (length && *source == '#') { /* a first line for a Unix shell; its end stays, for the numbers of lines */
        const char *end = memchr(source, '\n', length);
        length = end ? length - (end - source) : 0;
        source = end;
        if (length > 1 && source[1] == LUA_SIGNATURE[0]) {
            source++;
            length--;
        }
    }
    const char *name = lua_pushfstring(L, "@%s", job.entry.bytes);
    int status = luaL_loadbufferx(L, length ? source : "", length, name, NULL);
    lua_remove(L, -2);
    return status;
}

static void push_arguments_table(lua_State *L) {
    lua_createtable(L, job.argument_count, 2);
    lua_pushliteral(L, LUA_PROGNAME);
    lua_rawseti(L, -2, -1);
    lua_pushstring(L, job.entry.bytes);
    lua_rawseti(L, -2, 0);
    const char *at = job.arguments;
    for (uint32_t i = 1; i <= job.argument_count; i++) {
        JobString argument = job_next(&at);
        lua_pushlstring(L, argument.bytes, argument.length);
        lua_rawseti(L, -2, i);
    }
}

/* Called in protected mode; true if nothing went wrong. */
static int run_program(lua_State *L) {
    push_arguments_table(L);
    lua_setglobal(L, "arg");
    if (job.variable_count && handle_luainit(L) != LUA_OK)
        return 0;
    int status = load_program(L);
    if (status == LUA_OK)
        status = docall(L, pushargs(L), LUA_MULTRET);
    lua_pushboolean(L, report(L, status) == LUA_OK);
    return 1;
}

static int run_job(void) {
    lua_State *L = guest.lua;
    lua_pushcfunction(L, run_program);
    /* As many as lua.c passes: how deep a program can recurse is counted in values. */
    lua_pushnil(L);
    lua_pushnil(L);
    int status = lua_pcall(L, 2, 1, 0);
    int succeeded = lua_toboolean(L, -1);
    return report(L, status) == LUA_OK && succeeded ? EXIT_SUCCESS : EXIT_FAILURE;
}

GUEST_EXPORT("run") int guest_run(void) {
    if (!job_load(&job))
        return EXIT_NO_JOB;
    lua_State *L = guest.lua;
    lua_Integer seed[2];
    getentropy(seed, sizeof seed);
    lua_rawgeti(L, LUA_REGISTRYINDEX, guest.seed);
    lua_pushinteger(L, seed[0]);
    lua_pushinteger(L, seed[1]);
    lua_call(L, 2, 0);
    int code = run_job();
    lua_close(L);
    fflush(NULL);
    return code;
}

/* ---- the snapshot ---- */

static void replace(lua_State *L, const char *library, const char *name, lua_CFunction function) {
    lua_getglobal(L, library);
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

/* A program of the guest's own, so that what is made on first use is in the snapshot. */
static void warm_up(void) {
    static const char program[] =
        "local t = {} for i = 1, 20 do t[i] = i * 2 end table.sort(t) table.concat(t, ',')\n"
        "local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end f(8)\n"
        "local s = string.format('%d %s %5.2f', 1, 'x', 1.5):rep(3):gsub('x', 'y') tostring({}) tostring(1.5)\n"
        "pcall(error, 'x') local co = coroutine.wrap(function() coroutine.yield(1) end) co() co()\n"
        "local m = setmetatable({}, {__index = function(_, k) return k end}) local _ = m.a\n";
    job.entry = (JobString){"main.lua", 8};
    job.source = (JobString){program, sizeof program - 1};
    for (int i = 0; i < 3; i++)
        if (run_job() != EXIT_SUCCESS)
            abort();
    lua_settop(guest.lua, 0);
    memset(&job, 0, sizeof job);
}

GUEST_EXPORT("wizer-initialize") void guest_initialize(void) {
    /* Finds the preopened folder, which the C library remembers. */
    if (chdir("/sandbox") != 0)
        abort();
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    lua_State *L = guest.lua = luaL_newstate();
    if (!L)
        abort();
    luaL_openlibs(L);
    replace(L, "os", "execute", no_process);
    replace(L, "io", "popen", no_process);
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "randomseed");
    guest.seed = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCGEN, 0, 0);
    warm_up();
    lua_gc(L, LUA_GCCOLLECT);
    /* The variables come with the job. */
    __wasilibc_deinitialize_environ();
}
