/* The JavaScript guest: quickjs-ng as a CodeRunner guest (docs/guest-abi.md).
 *
 * Holds the engine's life: it is built and warmed when the snapshot is taken, and `run` evaluates one job. What programs
 * can call is in lib/ (JavaScript) on top of native.c; finding and loading modules is modules.c. */
#include "guest.h"

#include <stdio.h>
#include <unistd.h>

/* Of the 8 MiB that build.sh sets: the engine checks its stack only where it recurses, and what is called between two
 * checks must still fit. Enough for some 12,000 nested calls, about what Node has. */
#define STACK_MAX_BYTES (7u << 20)

Guest guest;

static const char runtime_source[] = {
#embed "lib/runtime.js" suffix(, 0)
};

static const char locale_source[] = {
#embed "lib/locale.js" suffix(, 0)
};

static void fail(const char *what) {
    JSValue error = JS_GetException(guest.context);
    JSValue stack = JS_GetPropertyStr(guest.context, error, "stack");
    const char *text = JS_ToCString(guest.context, error), *frames = JS_ToCString(guest.context, stack);
    fprintf(stderr, "%s: %s\n%s\n", what, text ? text : "unknown error", frames ? frames : "");
    abort();
}

/* Evaluates a file of the guest's own whose value is a function. */
static JSValue evaluate_own(const char *name, const char *source, size_t length) {
    JSValue value = JS_Eval(guest.context, source, length, name, JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(value))
        fail(name);
    return value;
}

/* The same without the text of its functions, which are then shown as native ones, like those of the standard that they stand in for. */
static JSValue evaluate_sourceless(const char *name, const char *source, size_t length) {
    JSContext *cx = guest.context;
    JSValue compiled = JS_Eval(cx, source, length, name, JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY);
    size_t size = 0;
    uint8_t *code = JS_IsException(compiled) ? NULL : JS_WriteObject(cx, &size, compiled, JS_WRITE_OBJ_BYTECODE | JS_WRITE_OBJ_STRIP_SOURCE);
    JSValue value = code ? JS_ReadObject(cx, code, size, JS_READ_OBJ_BYTECODE) : JS_EXCEPTION;
    if (!JS_IsException(value))
        value = JS_EvalFunction(cx, value);
    if (JS_IsException(value))
        fail(name);
    js_free(cx, code);
    JS_FreeValue(cx, compiled);
    return value;
}

/* The package is a CommonJS module that fills in `module.exports`. It takes for granted some globals that this engine has
 * not, or not yet when it is evaluated; it gets stand-ins. */
static JSValue load_util(JSValueConst native) {
    static const char source[] = {
        '(', 'f', 'u', 'n', 'c', 't', 'i', 'o', 'n', '(', 'm', 'o', 'd', 'u', 'l', 'e', ',', 'e', 'x', 'p', 'o', 'r', 't', 's', ',',
        'U', 'R', 'L', ',', 'n', 'a', 't', 'i', 'v', 'e', ')', '{',
#embed "vendor/inspect.js" suffix(, '\n', '}', ')', 0)
    };
    static const char stand_in[] = "(class URL {})";
    JSContext *cx = guest.context;
    JSValue load = evaluate_own("node:internal/util/inspect", source, sizeof source - 1);
    JSValue module = JS_NewObject(cx), exports = JS_NewObject(cx);
    JSValue url = evaluate_own("node:internal/url", stand_in, sizeof stand_in - 1);
    JS_SetPropertyStr(cx, module, "exports", exports);
    JSValueConst arguments[] = {module, exports, url, native};
    JSValue result = JS_Call(cx, load, JS_UNDEFINED, 4, arguments);
    if (JS_IsException(result))
        fail("node-inspect-extracted");
    JSValue util = JS_GetPropertyStr(cx, module, "exports");
    JS_FreeValue(cx, result);
    JS_FreeValue(cx, url);
    JS_FreeValue(cx, module);
    JS_FreeValue(cx, load);
    return util;
}

/* There is one thread, so shared memory is memory. */
static void *allocate_shared(void *opaque, size_t size) {
    (void)opaque;
    void *memory = malloc(size);
    if (!memory)
        JS_ThrowOutOfMemory(guest.context);
    return memory;
}

static void free_shared(void *opaque, void *memory) {
    (void)opaque;
    free(memory);
}

static JSValue take_hook(JSValueConst hooks, const char *name) {
    JSValue hook = JS_GetPropertyStr(guest.context, hooks, name);
    if (!JS_IsFunction(guest.context, hook))
        fail(name);
    return hook;
}

static void set_up(void) {
    guest.runtime = JS_NewRuntime();
    JS_SetMaxStackSize(guest.runtime, STACK_MAX_BYTES);
    JS_SetTimeZone(native_time_zone);
    JS_SetCanBlock(guest.runtime, true);
    static const JSSharedArrayBufferFunctions shared = {.sab_alloc = allocate_shared, .sab_free = free_shared};
    JS_SetSharedArrayBufferFunctions(guest.runtime, &shared);
    JS_SetHostPromiseRejectionTracker(guest.runtime, native_rejection, NULL);
    JSContext *cx = guest.context = JS_NewContext(guest.runtime);
    modules_set_up(cx);
    JSValue native = native_object(cx), util = load_util(native);
    JSValue start = evaluate_own("node:internal/runtime", runtime_source, sizeof runtime_source - 1);
    JSValue locale = evaluate_sourceless("node:internal/locale", locale_source, sizeof locale_source - 1);
    JSValueConst arguments[] = {native, util, locale};
    JSValue hooks = JS_Call(cx, start, JS_UNDEFINED, 3, arguments);
    if (JS_IsException(hooks))
        fail("runtime.js");
    guest.hooks.format = take_hook(hooks, "format");
    guest.hooks.turn = take_hook(hooks, "turn");
    guest.hooks.report = take_hook(hooks, "report");
    guest.hooks.rejected = take_hook(hooks, "rejected");
    guest.hooks.finish = take_hook(hooks, "finish");
    guest.hooks.main = take_hook(hooks, "main");
    guest.hooks.resolve = take_hook(hooks, "resolve");
    guest.hooks.builtin = take_hook(hooks, "builtin");
    guest.hooks.require = take_hook(hooks, "require");
    guest.hooks.zone = take_hook(hooks, "zone");
    guest.hooks.package_type = take_hook(hooks, "packageType");
    JSValue prepare = take_hook(hooks, "prepare"), prepared = JS_Call(cx, prepare, JS_UNDEFINED, 0, NULL);
    if (JS_IsException(prepared))
        fail("prepare");
    JS_FreeValue(cx, prepare);
    JS_FreeValue(cx, hooks);
    JS_FreeValue(cx, start);
    JS_FreeValue(cx, locale);
    JS_FreeValue(cx, util);
    JS_FreeValue(cx, native);
}

/* Reports an uncaught error; the result is the exit code. */
static int uncaught(void) {
    JSContext *cx = guest.context;
    JSValue error = JS_GetException(cx);
    JSValueConst arguments[] = {error};
    JSValue code = JS_Call(cx, guest.hooks.report, JS_UNDEFINED, 1, arguments);
    int32_t exit_code = 1;
    if (JS_IsException(code)) {
        /* The report itself failed, most likely for lack of memory or because the program broke the built-ins. */
        static const char message[] = "uncaught error, and it could not be shown\n";
        JS_FreeValue(cx, JS_GetException(cx));
        write(2, message, sizeof message - 1);
    } else {
        JS_ToInt32(cx, &exit_code, code);
        JS_FreeValue(cx, code);
    }
    JS_FreeValue(cx, error);
    return exit_code;
}

/* Runs promise jobs, timers and ticks until nothing is left. Negative if nothing went wrong, else the exit code. */
static int run_loop(void) {
    JSContext *cx = guest.context, *job_context;
    for (;;) {
        int code, ran = 0;
        if (guest.wake) { /* before the promise jobs: ticks come first */
            guest.wake = false;
            JSValue value = JS_Call(cx, guest.hooks.turn, JS_UNDEFINED, 0, NULL);
            if (JS_IsException(value) && (code = uncaught()) >= 0)
                return code;
            JS_FreeValue(cx, value);
            continue;
        }
        while (!guest.wake && (ran = JS_ExecutePendingJob(guest.runtime, &job_context)) > 0)
            ;
        if (ran < 0 && (code = uncaught()) >= 0)
            return code;
        if (ran < 0 || guest.wake)
            continue;
        if (!guest.rejected)
            return -1;
        guest.rejected = false;
        JSValue value = JS_Call(cx, guest.hooks.rejected, JS_UNDEFINED, 0, NULL);
        if (JS_IsException(value) && (code = uncaught()) >= 0)
            return code;
        JS_FreeValue(cx, value);
    }
}

static int run_job(void) {
    JSContext *cx = guest.context;
    JS_UpdateStackTop(guest.runtime);
    JSValue main = modules_run_main(cx);
    int code;
    if (JS_IsException(main) && (code = uncaught()) >= 0)
        return code;
    if ((code = run_loop()) >= 0)
        return code;
    bool unsettled = JS_IsPromise(main) && JS_PromiseState(cx, main) == JS_PROMISE_PENDING;
    if (!unsettled && !guest.finishing)
        return 0;
    for (;;) {
        JSValueConst arguments[] = {unsettled ? JS_TRUE : JS_FALSE};
        JSValue value = JS_Call(cx, guest.hooks.finish, JS_UNDEFINED, 1, arguments);
        int32_t exit_code = 0;
        if (JS_IsException(value))
            return (code = uncaught()) >= 0 ? code : 1;
        JS_ToInt32(cx, &exit_code, value);
        if (exit_code >= 0)
            return exit_code;
        if ((code = run_loop()) >= 0)
            return code;
    }
}

/* Runs a program of the guest's own before the snapshot, so that what is made on first use is in it. */
static void warm_up(void) {
    static const char program[] =
        "let s = 0; for (let i = 0; i < 3; i++) s += i;\n"
        "console.log('warm', [1, 'a', {b: 2.5}], new Map([[1, new Set([2])]]), s, `${s}`, JSON.stringify({a: [1]}));\n"
        "class A { x = 1; get y() { return 1 } } new A().y; /(\\d+)/.exec('a12'); Promise.resolve().then(() => {});\n"
        "const [a, ...b] = [3, 1, 2].map(x => x * 2).sort(); (async () => { await null })(); Math.floor(1.5);\n";
    guest.job.entry = (JobString){"main.js", 7}; /* the usual name, so that the path is in the snapshot */
    guest.job.source = (JobString){program, sizeof program - 1};
    guest.muted = true;
    for (int i = 0; i < 3; i++)
        if (run_job() != 0)
            abort();
    guest.muted = guest.finishing = false;
    JS_RunGC(guest.runtime);
}

/* Takes all free memory between allocated blocks, so that what a program allocates lies side by side at the end of the heap:
   each page of the snapshot that it writes to has to be copied back. `first` is the first block of the heap. The C library's
   allocator (dlmalloc) keeps the size of a block, with three flags, in the word before it; the last is what is left over. */
static void fill_holes(char *first) {
    char *last = first, *block;
    for (size_t size; (size = ((uint32_t *)last)[-1] & ~7u) != 0 && last + size < (char *)sbrk(0) - 64;)
        last += size;
    for (size_t size = 1 << 14; size >= 8; size /= 2) {
        while ((block = malloc(size)) != NULL && block < last)
            ;
        free(block);
    }
}

GUEST_EXPORT("wizer-initialize") void guest_initialize(void) {
    char *first = malloc(1);
    /* Finds the preopened folder, which the C library remembers. */
    if (chdir("/sandbox") != 0)
        abort();
    set_up();
    warm_up();
    fill_holes(first);
    if (JS_MakeImmortal(guest.runtime) != 0)
        abort();
    memset(&guest.job, 0, sizeof guest.job);
}

GUEST_EXPORT("run") int guest_run(void) {
    if (!job_load(&guest.job))
        return 70;
    return run_job() & 0xff;
}
