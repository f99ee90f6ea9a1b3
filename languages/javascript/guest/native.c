/* The functions that lib/ builds Node's interfaces from: output, input, files, clock, entropy, exit.
 *
 * They are as plain as the system calls beneath them; names, options and formatting are lib/'s business. A failing call
 * throws an Error with `code` ("ENOENT") and `errno`, from which lib/ makes Node's. */
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments

static const char *error_name(int number) {
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {ENOENT, "ENOENT"}, {EEXIST, "EEXIST"}, {ENOTDIR, "ENOTDIR"}, {EISDIR, "EISDIR"}, {ENOTEMPTY, "ENOTEMPTY"},
        {EACCES, "EACCES"}, {EPERM, "EPERM"}, {EBADF, "EBADF"}, {EINVAL, "EINVAL"}, {ENOSPC, "ENOSPC"},
        {EROFS, "EROFS"}, {ELOOP, "ELOOP"}, {EMFILE, "EMFILE"}, {ENAMETOOLONG, "ENAMETOOLONG"}, {EXDEV, "EXDEV"},
        {EFBIG, "EFBIG"}, {EDQUOT, "EDQUOT"}, {ENOMEM, "ENOMEM"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            return names[i].name;
    return number == ENOTCAPABLE ? "EACCES" : "EIO";
}

static JSValue throw_errno(JSContext *cx) {
    int number = errno;
    JSValue error = JS_NewError(cx);
    JS_DefinePropertyValueStr(cx, error, "message", JS_NewString(cx, strerror(number)), JS_PROP_C_W_E & ~JS_PROP_ENUMERABLE);
    JS_SetPropertyStr(cx, error, "errno", JS_NewInt32(cx, -number));
    JS_SetPropertyStr(cx, error, "code", JS_NewString(cx, error_name(number)));
    return JS_Throw(cx, error);
}

static JSValue done(JSContext *cx, int result) {
    return result == 0 ? JS_UNDEFINED : throw_errno(cx);
}

/* ---- output ---- */

static void write_all(int descriptor, const char *bytes, size_t length) {
    while (length && !guest.muted) {
        ssize_t written = write(descriptor, bytes, length);
        if (written <= 0)
            return; /* nobody reads; Node ignores that as well */
        bytes += written;
        length -= written;
    }
}

/* Lone surrogates come from the engine as three bytes that are not UTF-8; like Node, print U+FFFD (also three bytes). */
static void replace_surrogates(char *bytes, size_t length) {
    char *at = bytes, *end = bytes + length;
    while ((at = memchr(at, 0xed, end - at)) != NULL) {
        if (end - at >= 3 && (unsigned char)at[1] >= 0xa0)
            memcpy(at, "\xef\xbf\xbd", 3);
        at++;
    }
}

/* write(descriptor, string | bytes) */
static JSValue native_write(ARGUMENTS) {
    int32_t descriptor;
    if (JS_ToInt32(cx, &descriptor, arguments[0]))
        return JS_EXCEPTION;
    size_t length;
    if (JS_IsObject(arguments[1])) {
        uint8_t *bytes = JS_GetUint8Array(cx, &length, arguments[1]);
        if (!bytes && length)
            return JS_EXCEPTION;
        write_all(descriptor, (char *)bytes, length);
        return JS_UNDEFINED;
    }
    const char *text = JS_ToCStringLen(cx, &length, arguments[1]);
    if (!text)
        return JS_EXCEPTION;
    replace_surrogates((char *)text, length);
    write_all(descriptor, text, length);
    JS_FreeCString(cx, text);
    return JS_UNDEFINED;
}

static JSValue log_formatted(JSContext *cx, int count, JSValueConst *arguments, int descriptor) {
    JSValue text = JS_Call(cx, guest.hooks.format, JS_UNDEFINED, count, arguments);
    if (JS_IsException(text))
        return text;
    JSValueConst forwarded[] = {JS_NewInt32(cx, descriptor), text};
    JSValue result = native_write(cx, JS_UNDEFINED, 2, forwarded);
    JS_FreeValue(cx, text);
    return result;
}

/* console.log and its like; `magic` is the descriptor. Plain strings and integers, by far the most of what is printed,
 * go out without entering JavaScript; everything else, and all within a console.group, is formatted by lib/. */
static JSValue native_log(ARGUMENTS, int magic) {
    static char line[1024];
    size_t used = 0;
    for (int i = 0; i < count; i++) {
        bool simple = JS_IsString(arguments[i]) || JS_VALUE_GET_TAG(arguments[i]) == JS_TAG_INT;
        if (!simple || guest.indented)
            return log_formatted(cx, count, arguments, magic);
        size_t length;
        const char *text = JS_ToCStringLen(cx, &length, arguments[i]);
        if (!text)
            return JS_EXCEPTION;
        /* With a '%' in the first of several it is a format. */
        simple = used + length + 2 <= sizeof line && !(i == 0 && count > 1 && memchr(text, '%', length));
        if (simple) {
            if (i)
                line[used++] = ' ';
            memcpy(line + used, text, length);
            used += length;
        }
        JS_FreeCString(cx, text);
        if (!simple)
            return log_formatted(cx, count, arguments, magic);
    }
    line[used++] = '\n';
    replace_surrogates(line, used);
    write_all(magic, line, used);
    return JS_UNDEFINED;
}

/* indent(whether console.group is open) */
static JSValue native_indent(ARGUMENTS) {
    guest.indented = JS_ToBool(cx, arguments[0]);
    return JS_UNDEFINED;
}

/* ---- input and files ---- */

static char *read_descriptor(int descriptor, size_t *length) {
    size_t capacity = 4096, used = 0;
    char *bytes = malloc(capacity);
    while (bytes) {
        ssize_t got = read(descriptor, bytes + used, capacity - used - 1);
        if (got < 0) {
            free(bytes);
            return NULL;
        }
        if (got == 0) {
            bytes[used] = 0;
            *length = used;
            return bytes;
        }
        used += got;
        if (capacity - used < 2) {
            char *larger = realloc(bytes, capacity *= 2);
            if (!larger)
                free(bytes);
            bytes = larger;
        }
    }
    errno = ENOMEM;
    return NULL;
}

char *native_read_file(const char *path, size_t *length) {
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0)
        return NULL;
    struct stat status;
    char *bytes = NULL;
    if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode))
        errno = EISDIR;
    else
        bytes = read_descriptor(descriptor, length);
    int number = errno;
    close(descriptor);
    errno = number;
    return bytes;
}

/* What an ArrayBuffer over memory of malloc's does with it: a size of 0 frees it. */
static void *resize_bytes(JSRuntime *runtime, void *opaque, void *bytes, size_t size) {
    (void)runtime, (void)opaque;
    if (size)
        return realloc(bytes, size);
    free(bytes);
    return NULL;
}

/* readFile(path | descriptor, asText) */
static JSValue native_read(ARGUMENTS) {
    size_t length = 0;
    char *bytes;
    if (JS_IsNumber(arguments[0])) {
        int32_t descriptor;
        JS_ToInt32(cx, &descriptor, arguments[0]);
        bytes = read_descriptor(descriptor, &length);
    } else {
        const char *path = JS_ToCString(cx, arguments[0]);
        if (!path)
            return JS_EXCEPTION;
        bytes = native_read_file(path, &length);
        int number = errno;
        JS_FreeCString(cx, path);
        errno = number;
    }
    if (!bytes)
        return errno == ENOMEM ? JS_ThrowOutOfMemory(cx) : throw_errno(cx);
    if (!JS_ToBool(cx, arguments[1]))
        return JS_NewUint8Array(cx, (uint8_t *)bytes, length, resize_bytes, NULL, false);
    JSValue text = JS_NewStringLen(cx, bytes, length);
    free(bytes);
    return text;
}

/* readSome(descriptor, most): what is there, at least one byte; null at the end */
static JSValue native_read_some(ARGUMENTS) {
    int32_t descriptor, most;
    if (JS_ToInt32(cx, &descriptor, arguments[0]) || JS_ToInt32(cx, &most, arguments[1]))
        return JS_EXCEPTION;
    uint8_t *bytes = malloc(most > 0 ? most : 1);
    if (!bytes)
        return JS_ThrowOutOfMemory(cx);
    ssize_t got = read(descriptor, bytes, most);
    if (got <= 0) {
        free(bytes);
        return got < 0 ? throw_errno(cx) : JS_NULL;
    }
    return JS_NewUint8Array(cx, bytes, got, resize_bytes, NULL, false);
}

/* writeFile(path, string | bytes, flags): "w", "a" or "wx" */
static JSValue native_write_file(ARGUMENTS) {
    const char *path = JS_ToCString(cx, arguments[0]), *mode = JS_ToCString(cx, arguments[2]), *text = NULL;
    size_t length = 0;
    uint8_t *bytes = NULL;
    JSValue result = JS_EXCEPTION;
    if (!path || !mode)
        goto out;
    if (JS_IsObject(arguments[1])) {
        bytes = JS_GetUint8Array(cx, &length, arguments[1]);
        if (!bytes && length)
            goto out;
    } else if (!(text = JS_ToCStringLen(cx, &length, arguments[1]))) {
        goto out;
    } else {
        replace_surrogates((char *)text, length);
    }
    int flags = O_WRONLY | O_CREAT | (mode[0] == 'a' ? O_APPEND : O_TRUNC) | (strchr(mode, 'x') ? O_EXCL : 0);
    int descriptor = open(path, flags, 0666), failed = descriptor < 0;
    const char *rest = text ? text : (const char *)bytes;
    while (!failed && length) {
        ssize_t written = write(descriptor, rest, length);
        if (written < 0)
            failed = 1;
        else
            rest += written, length -= written;
    }
    int number = errno;
    if (descriptor >= 0)
        close(descriptor);
    errno = number;
    result = done(cx, failed);
out:
    JS_FreeCString(cx, path);
    JS_FreeCString(cx, mode);
    JS_FreeCString(cx, text);
    return result;
}

static int open_flags(const char *mode) {
    int flags = strchr(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
    if (mode[0] == 'w')
        flags |= O_CREAT | O_TRUNC;
    if (mode[0] == 'a')
        flags |= O_CREAT | O_APPEND;
    return flags | (strchr(mode, 'x') ? O_EXCL : 0);
}

/* open(path, flags): a descriptor */
static JSValue native_open(ARGUMENTS) {
    const char *path = JS_ToCString(cx, arguments[0]), *mode = JS_ToCString(cx, arguments[1]);
    int descriptor = path && mode ? open(path, open_flags(mode), 0666) : -1, number = errno;
    JSValue result = path && mode ? JS_NewInt32(cx, descriptor) : JS_EXCEPTION;
    JS_FreeCString(cx, path);
    JS_FreeCString(cx, mode);
    errno = number;
    return descriptor < 0 && !JS_IsException(result) ? throw_errno(cx) : result;
}

/* The standard streams and the root stay open: the snapshot's C library counts on them. */
static bool is_own_descriptor(int32_t descriptor) {
    if (descriptor > 3)
        return true;
    errno = EBADF;
    return false;
}

static JSValue native_close(ARGUMENTS) {
    int32_t descriptor;
    if (JS_ToInt32(cx, &descriptor, arguments[0]))
        return JS_EXCEPTION;
    return descriptor >= 0 && descriptor < 3 ? JS_UNDEFINED : done(cx, is_own_descriptor(descriptor) ? close(descriptor) : -1);
}

enum { TRANSFER_READ, TRANSFER_WRITE };

/* readInto(descriptor, bytes, position), writeFrom(descriptor, bytes, position): how many; a negative position is the current one */
static JSValue native_transfer(ARGUMENTS, int magic) {
    int32_t descriptor;
    int64_t position;
    size_t length;
    if (JS_ToInt32(cx, &descriptor, arguments[0]) || JS_ToInt64(cx, &position, arguments[2]))
        return JS_EXCEPTION;
    uint8_t *bytes = JS_GetUint8Array(cx, &length, arguments[1]);
    if (!bytes && length)
        return JS_EXCEPTION;
    ssize_t count_done = -1;
    if (descriptor == 0 && magic == TRANSFER_READ)
        count_done = read(0, bytes, length);
    else if (is_own_descriptor(descriptor))
        count_done = magic == TRANSFER_READ
            ? (position < 0 ? read(descriptor, bytes, length) : pread(descriptor, bytes, length, position))
            : (position < 0 ? write(descriptor, bytes, length) : pwrite(descriptor, bytes, length, position));
    return count_done < 0 ? throw_errno(cx) : JS_NewInt64(cx, count_done);
}

/* truncate(path | descriptor, length) */
static JSValue native_truncate(ARGUMENTS) {
    int64_t length;
    if (JS_ToInt64(cx, &length, arguments[1]))
        return JS_EXCEPTION;
    if (JS_IsNumber(arguments[0])) {
        int32_t descriptor;
        JS_ToInt32(cx, &descriptor, arguments[0]);
        return done(cx, is_own_descriptor(descriptor) ? ftruncate(descriptor, length) : -1);
    }
    const char *path = JS_ToCString(cx, arguments[0]);
    if (!path)
        return JS_EXCEPTION;
    int result = truncate(path, length), number = errno;
    JS_FreeCString(cx, path);
    errno = number;
    return done(cx, result);
}

/* readlink(path) */
static JSValue native_readlink(ARGUMENTS) {
    char target[4096];
    const char *path = JS_ToCString(cx, arguments[0]);
    if (!path)
        return JS_EXCEPTION;
    ssize_t length = readlink(path, target, sizeof target);
    int number = errno;
    JS_FreeCString(cx, path);
    errno = number;
    return length < 0 ? throw_errno(cx) : JS_NewStringLen(cx, target, length);
}

/* stat(path | descriptor, follow): [kind, size, mtime in ms, inode, mode], or undefined if there is nothing */
static JSValue native_stat(ARGUMENTS) {
    struct stat status;
    int result;
    if (JS_IsNumber(arguments[0])) {
        int32_t descriptor;
        JS_ToInt32(cx, &descriptor, arguments[0]);
        result = fstat(descriptor, &status);
    } else {
        const char *path = JS_ToCString(cx, arguments[0]);
        if (!path)
            return JS_EXCEPTION;
        result = JS_ToBool(cx, arguments[1]) ? stat(path, &status) : lstat(path, &status);
        int number = errno;
        JS_FreeCString(cx, path);
        errno = number;
    }
    if (result != 0)
        return errno == ENOENT || errno == ENOTDIR ? JS_UNDEFINED : throw_errno(cx);
    const char *kind = S_ISDIR(status.st_mode) ? "directory" : S_ISREG(status.st_mode) ? "file"
        : S_ISLNK(status.st_mode) ? "link" : "other";
    JSValue fields[] = {
        JS_NewString(cx, kind),
        JS_NewInt64(cx, status.st_size),
        JS_NewFloat64(cx, status.st_mtim.tv_sec * 1e3 + floor(status.st_mtim.tv_nsec / 1e6)),
        JS_NewInt64(cx, status.st_ino),
        JS_NewInt32(cx, status.st_mode),
    };
    return JS_NewArrayFrom(cx, sizeof fields / sizeof *fields, fields);
}

/* list(path): [name, kind, name, kind, …] */
static JSValue native_list(ARGUMENTS) {
    const char *path = JS_ToCString(cx, arguments[0]);
    if (!path)
        return JS_EXCEPTION;
    DIR *directory = opendir(path);
    int number = errno;
    JS_FreeCString(cx, path);
    errno = number;
    if (!directory)
        return throw_errno(cx);
    JSValue names = JS_NewArray(cx);
    uint32_t used = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        const char *kind = entry->d_type == DT_DIR ? "directory" : entry->d_type == DT_LNK ? "link" : "file";
        JS_SetPropertyUint32(cx, names, used++, JS_NewString(cx, entry->d_name));
        JS_SetPropertyUint32(cx, names, used++, JS_NewString(cx, kind));
    }
    closedir(directory);
    return names;
}

enum { CHANGE_MKDIR, CHANGE_RMDIR, CHANGE_UNLINK, CHANGE_RENAME, CHANGE_LINK, CHANGE_SYMLINK };

static JSValue native_change(ARGUMENTS, int magic) {
    const char *path = JS_ToCString(cx, arguments[0]), *target = NULL;
    if (!path || (magic >= CHANGE_RENAME && !(target = JS_ToCString(cx, arguments[1])))) {
        JS_FreeCString(cx, path);
        return JS_EXCEPTION;
    }
    int result = magic == CHANGE_MKDIR ? mkdir(path, 0777)
        : magic == CHANGE_RMDIR ? rmdir(path)
        : magic == CHANGE_UNLINK ? unlink(path)
        : magic == CHANGE_LINK ? link(path, target)
        : magic == CHANGE_SYMLINK ? symlink(path, target)
        : rename(path, target);
    int number = errno;
    JS_FreeCString(cx, path);
    JS_FreeCString(cx, target);
    errno = number;
    return done(cx, result);
}

/* ---- clock, entropy, process ---- */

static double clock_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static JSValue native_now(ARGUMENTS) {
    return JS_NewFloat64(cx, clock_ms(CLOCK_MONOTONIC));
}

static bool has_zone(void) {
    const char *at = guest.job.variables;
    for (uint32_t i = 0; i < guest.job.variable_count; i++) {
        JobString variable = job_next(&at);
        if (variable.length > 3 && memcmp(variable.bytes, "TZ=", 3) == 0)
            return true;
    }
    return false;
}

int native_time_zone(int64_t time, char *name, size_t size) {
    JSContext *cx = guest.context;
    if (!guest.zoned && !has_zone()) {
        if (name)
            strlcpy(name, "Coordinated Universal Time", size);
        return 0;
    }
    JSValueConst arguments[] = {JS_NewInt64(cx, time), JS_NewBool(cx, name != NULL)};
    JSValue result = JS_Call(cx, guest.hooks.zone, JS_UNDEFINED, 2, arguments);
    int32_t offset = 0;
    if (JS_IsException(result)) {
        JS_FreeValue(cx, JS_GetException(cx));
        if (name)
            strlcpy(name, "unknown", size);
    } else if (name) {
        const char *text = JS_ToCString(cx, result);
        strlcpy(name, text ? text : "unknown", size);
        JS_FreeCString(cx, text);
    } else {
        JS_ToInt32(cx, &offset, result);
    }
    JS_FreeValue(cx, result);
    return offset;
}

/* zoned(): the program has seen its environment, and may change it */
static JSValue native_zoned(ARGUMENTS) {
    guest.zoned = true;
    return JS_UNDEFINED;
}

static JSValue native_sleep(ARGUMENTS) {
    double ms;
    if (JS_ToFloat64(cx, &ms, arguments[0]))
        return JS_EXCEPTION;
    if (ms > 0) {
        struct timespec time = {.tv_sec = ms / 1e3, .tv_nsec = fmod(ms, 1e3) * 1e6};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
    }
    return JS_UNDEFINED;
}

/* waitForInput(most ms, or negative for as long as it takes): whether there is input, or its end */
static JSValue native_wait_for_input(ARGUMENTS) {
    double ms;
    if (JS_ToFloat64(cx, &ms, arguments[0]))
        return JS_EXCEPTION;
    struct pollfd input = {.fd = 0, .events = POLLIN};
    return JS_NewBool(cx, poll(&input, 1, ms < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ceil(ms)) > 0);
}

/* fill(bytes): with the host's entropy */
static JSValue native_fill(ARGUMENTS) {
    size_t length;
    uint8_t *bytes = JS_GetUint8Array(cx, &length, arguments[0]);
    if (!bytes && length)
        return JS_EXCEPTION;
    for (size_t at = 0; at < length; at += 256)
        if (getentropy(bytes + at, length - at < 256 ? length - at : 256) != 0)
            return throw_errno(cx);
    return JS_DupValue(cx, arguments[0]);
}

/* Math.random: xorshift128+ as in V8, seeded on first use, because a seed in the snapshot would be everybody's. */
static JSValue native_random(ARGUMENTS) {
    static uint64_t state[2];
    if (!state[0] && !state[1]) {
        if (guest.muted)
            return JS_NewFloat64(cx, 0.5);
        if (getentropy(state, sizeof state) != 0 || !(state[0] | state[1]))
            abort();
    }
    uint64_t a = state[0], b = state[1];
    state[0] = b;
    a ^= a << 23;
    state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
    return JS_NewFloat64(cx, (double)((state[1] + b) >> 11) * 0x1p-53);
}

static JSValue native_wake(ARGUMENTS) {
    guest.wake = true;
    return JS_UNDEFINED;
}

/* finishing(): hooks.finish is to be called when the program ends */
static JSValue native_finishing(ARGUMENTS) {
    guest.finishing = true;
    return JS_UNDEFINED;
}

/* jobs(): runs all pending promise jobs; throws what one of them threw */
static JSValue native_jobs(ARGUMENTS) {
    JSContext *job_context;
    int ran;
    while ((ran = JS_ExecutePendingJob(guest.runtime, &job_context)) > 0)
        ;
    return ran < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static JSValue native_exit(ARGUMENTS) {
    int32_t code = 0;
    JS_ToInt32(cx, &code, arguments[0]);
    _Exit(code & 0xff);
}

static JSValue strings(JSContext *cx, uint32_t length, const char *at) {
    JSValue list = JS_NewArray(cx);
    for (uint32_t i = 0; i < length; i++) {
        JobString string = job_next(&at);
        JS_SetPropertyUint32(cx, list, i, JS_NewStringLen(cx, string.bytes, string.length));
    }
    return list;
}

static JSValue native_arguments(ARGUMENTS) {
    return strings(cx, guest.job.argument_count, guest.job.arguments);
}

static JSValue native_variables(ARGUMENTS) {
    return strings(cx, guest.job.variable_count, guest.job.variables);
}

static JSValue native_entry(ARGUMENTS) {
    return JS_NewStringLen(cx, guest.job.entry.bytes, guest.job.entry.length);
}

/* source(): the entry file's text, for the line shown above an uncaught error */
static JSValue native_source(ARGUMENTS) {
    return JS_NewStringLen(cx, guest.job.source.bytes, guest.job.source.length);
}

static JSValue native_memory(ARGUMENTS) {
    JSMemoryUsage usage;
    JS_ComputeMemoryUsage(guest.runtime, &usage);
    JSValue fields[] = {
        JS_NewInt64(cx, (int64_t)__builtin_wasm_memory_size(0) << 16),
        JS_NewInt64(cx, usage.malloc_size),
    };
    return JS_NewArrayFrom(cx, 2, fields);
}

static JSValue native_collect(ARGUMENTS) {
    JS_RunGC(guest.runtime);
    return JS_UNDEFINED;
}

/* ---- text ---- */

static JSValue native_encode(ARGUMENTS) {
    size_t length;
    const char *text = JS_ToCStringLen(cx, &length, arguments[0]);
    if (!text)
        return JS_EXCEPTION;
    replace_surrogates((char *)text, length);
    JSValue bytes = JS_NewUint8ArrayCopy(cx, (const uint8_t *)text, length);
    JS_FreeCString(cx, text);
    return bytes;
}

/* decode(bytes): UTF-8, with U+FFFD for what is not */
static JSValue native_decode(ARGUMENTS) {
    size_t length;
    uint8_t *bytes = JS_GetUint8Array(cx, &length, arguments[0]);
    return bytes || !length ? JS_NewStringLen(cx, (const char *)bytes, length) : JS_EXCEPTION;
}

/* ---- what the engine alone knows ---- */

void native_rejection(JSContext *cx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque) {
    (void)opaque;
    JSValueConst arguments[] = {promise, reason, handled ? JS_TRUE : JS_FALSE};
    guest.rejected = true;
    if (JS_IsFunction(cx, guest.hooks.reject))
        JS_FreeValue(cx, JS_Call(cx, guest.hooks.reject, JS_UNDEFINED, 3, arguments));
}

/* onRejection(function (promise, reason, handled)) */
static JSValue native_on_rejection(ARGUMENTS) {
    guest.hooks.reject = JS_DupValue(cx, arguments[0]);
    return JS_UNDEFINED;
}

/* What AsyncLocalStorage knows, which promises carry on to what they call: any value, from the first call of `setContext` on. */
static JSValue async_context = JS_UNDEFINED;

static JSValue call_within(JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments, int magic, JSValueConst *data) {
    JSValue before = async_context;
    async_context = JS_DupValue(cx, data[0]);
    JSValue result = JS_Call(cx, data[1], this_value, count, arguments);
    JS_FreeValue(cx, async_context);
    async_context = before;
    return result;
}

static JSValue wrap_reaction(JSContext *cx, JSValueConst handler) {
    JSValueConst data[] = {async_context, handler};
    JSValue wrapped = JS_NewCFunctionData(cx, call_within, 1, 0, 2, data);
    if (!JS_IsException(wrapped))
        return wrapped;
    /* No memory even for that: the handler runs all the same. */
    JS_FreeValue(cx, JS_GetException(cx));
    return JS_DupValue(cx, handler);
}

/* context() */
static JSValue native_context(ARGUMENTS) {
    return JS_DupValue(cx, async_context);
}

/* setContext(value) */
static JSValue native_set_context(ARGUMENTS) {
    JSValue before = async_context;
    async_context = JS_DupValue(cx, arguments[0]);
    JS_FreeValue(cx, before);
    JS_SetWrapReaction(wrap_reaction);
    return JS_UNDEFINED;
}

/* promiseState(promise): [state, result]; 0 pending, 1 fulfilled, 2 rejected; undefined if it is no promise */
static JSValue native_promise_state(ARGUMENTS) {
    if (!JS_IsPromise(arguments[0]))
        return JS_UNDEFINED;
    JSValue fields[] = {JS_NewInt32(cx, JS_PromiseState(cx, arguments[0])), JS_PromiseResult(cx, arguments[0])};
    return JS_NewArrayFrom(cx, 2, fields);
}

/* proxyParts(value): [target, handler], or undefined if it is no proxy */
static JSValue native_proxy_parts(ARGUMENTS) {
    if (!JS_IsProxy(arguments[0]))
        return JS_UNDEFINED;
    JSValue fields[] = {JS_GetProxyTarget(cx, arguments[0]), JS_GetProxyHandler(cx, arguments[0])};
    return JS_NewArrayFrom(cx, 2, fields);
}

/* previewEntries(value): [what is left of a Map's or Set's iterator, whether keys and values alternate], or undefined if it is none */
static JSValue native_preview_entries(ARGUMENTS) {
    JSValue entries;
    int kind = JS_PreviewIterator(cx, arguments[0], &entries);
    if (kind <= JS_PREVIEW_NONE)
        return kind < 0 ? JS_EXCEPTION : JS_UNDEFINED;
    JSValue fields[] = {entries, JS_NewBool(cx, kind == JS_PREVIEW_PAIRS)};
    return JS_NewArrayFrom(cx, 2, fields);
}

JSValue native_object(JSContext *cx) {
    static const JSCFunctionListEntry functions[] = {
        JS_CFUNC_DEF("write", 2, native_write),
        JS_CFUNC_MAGIC_DEF("log", 0, native_log, 1),
        JS_CFUNC_MAGIC_DEF("error", 0, native_log, 2),
        JS_CFUNC_DEF("indent", 1, native_indent),
        JS_CFUNC_DEF("readFile", 2, native_read),
        JS_CFUNC_DEF("readSome", 2, native_read_some),
        JS_CFUNC_DEF("writeFile", 3, native_write_file),
        JS_CFUNC_DEF("stat", 2, native_stat),
        JS_CFUNC_DEF("list", 1, native_list),
        JS_CFUNC_MAGIC_DEF("mkdir", 1, native_change, CHANGE_MKDIR),
        JS_CFUNC_MAGIC_DEF("rmdir", 1, native_change, CHANGE_RMDIR),
        JS_CFUNC_MAGIC_DEF("unlink", 1, native_change, CHANGE_UNLINK),
        JS_CFUNC_MAGIC_DEF("rename", 2, native_change, CHANGE_RENAME),
        JS_CFUNC_MAGIC_DEF("link", 2, native_change, CHANGE_LINK),
        JS_CFUNC_MAGIC_DEF("symlink", 2, native_change, CHANGE_SYMLINK),
        JS_CFUNC_DEF("open", 2, native_open),
        JS_CFUNC_DEF("close", 1, native_close),
        JS_CFUNC_MAGIC_DEF("readInto", 3, native_transfer, TRANSFER_READ),
        JS_CFUNC_MAGIC_DEF("writeFrom", 3, native_transfer, TRANSFER_WRITE),
        JS_CFUNC_DEF("truncate", 2, native_truncate),
        JS_CFUNC_DEF("readlink", 1, native_readlink),
        JS_CFUNC_DEF("now", 0, native_now),
        JS_CFUNC_DEF("sleep", 1, native_sleep),
        JS_CFUNC_DEF("fill", 1, native_fill),
        JS_CFUNC_DEF("random", 0, native_random),
        JS_CFUNC_DEF("wake", 0, native_wake),
        JS_CFUNC_DEF("finishing", 0, native_finishing),
        JS_CFUNC_DEF("jobs", 0, native_jobs),
        JS_CFUNC_DEF("exit", 1, native_exit),
        JS_CFUNC_DEF("arguments", 0, native_arguments),
        JS_CFUNC_DEF("variables", 0, native_variables),
        JS_CFUNC_DEF("entry", 0, native_entry),
        JS_CFUNC_DEF("source", 0, native_source),
        JS_CFUNC_DEF("memory", 0, native_memory),
        JS_CFUNC_DEF("collect", 0, native_collect),
        JS_CFUNC_DEF("encode", 1, native_encode),
        JS_CFUNC_DEF("decode", 1, native_decode),
        JS_CFUNC_DEF("onRejection", 1, native_on_rejection),
        JS_CFUNC_DEF("promiseState", 1, native_promise_state),
        JS_CFUNC_DEF("context", 0, native_context),
        JS_CFUNC_DEF("setContext", 1, native_set_context),
        JS_CFUNC_DEF("proxyParts", 1, native_proxy_parts),
        JS_CFUNC_DEF("zoned", 0, native_zoned),
        JS_CFUNC_DEF("previewEntries", 1, native_preview_entries),
        JS_CFUNC_DEF("waitForInput", 1, native_wait_for_input),
        JS_CFUNC_DEF("compile", 2, modules_compile),
        JS_CFUNC_DEF("evaluate", 4, modules_evaluate),
        JS_CFUNC_DEF("realm", 0, modules_realm),
    };
    JSValue native = JS_NewObject(cx);
    JS_SetPropertyFunctionList(cx, native, functions, sizeof functions / sizeof *functions);
    return native;
}
