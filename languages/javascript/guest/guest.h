/* What the parts of the JavaScript guest share. */
#ifndef CODERUNNER_JAVASCRIPT_GUEST_H
#define CODERUNNER_JAVASCRIPT_GUEST_H

#include "job.h"
#include "quickjs.h"

/* What a CommonJS file is given. */
enum { PARAMETERS = 5 };

typedef struct {
    JSRuntime *runtime;
    JSContext *context;
    Job job;
    bool wake;     /* lib/ has ticks, timers or immediates: another turn of the event loop is needed */
    bool rejected; /* lib/ has rejections that nobody handled yet */
    bool indented; /* a console.group is open */
    bool finishing; /* lib/ has something to do when the program ends */
    bool zoned;    /* the program may have a time zone of its own: hooks.zone knows */
    bool muted;    /* before the snapshot: what the warming program prints goes nowhere */
    struct {       /* functions of lib/runtime.js */
        JSValue format, turn, report, rejected, finish, main, resolve, builtin, require, package_type, zone, reject;
    } hooks;
    struct {
        JSAtom body, parameters[PARAMETERS];
    } names;
} Guest;

extern Guest guest;

/* native.c: the object through which lib/ reaches the outside. */
JSValue native_object(JSContext *cx);
/* The engine's JSTimeZone. */
int native_time_zone(int64_t time, char *name, size_t size);
void native_rejection(JSContext *cx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque);
/* The whole file, or NULL with errno set; the caller frees it. A NUL follows the bytes. */
char *native_read_file(const char *path, size_t *length);

/* modules.c: scripts, CommonJS and ES modules. */
void modules_set_up(JSContext *cx);
/* Runs the job's entry file: its promise if it is a module, else undefined, or an exception. */
JSValue modules_run_main(JSContext *cx);
/* native.compile(source, path): a CommonJS file as the function that Node wraps it in. */
JSValue modules_compile(JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments);
/* native.evaluate(source, name, realm, checkOnly): a script's value; `realm` is 0 or what native.realm gave. */
JSValue modules_evaluate(JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments);
/* native.realm(): a number and the global object of a new realm. */
JSValue modules_realm(JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments);

#endif
