/* Scripts, CommonJS and ES modules: which of them a file is, how it is compiled, and where imports lead.
 *
 * Like Node, a file is taken for CommonJS unless its name says otherwise, and tried as an ES module if it cannot be
 * CommonJS and has one of the words that only modules use. Names are resolved by lib/ (hooks.resolve). */
#include "guest.h"

#include <errno.h>
#include <stdio.h>

static bool ends_with(const char *text, size_t length, const char *end) {
    size_t end_length = strlen(end);
    return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

static bool contains(const char *text, size_t length, const char *word) {
    return memmem(text, length, word, strlen(word)) != NULL;
}

/* The file as the function that Node makes of it; `used` tells what it needs of what Node passes. */
static JSValue compile_commonjs(JSContext *cx, const char *source, size_t length, const char *path, uint32_t *used) {
    return JS_CompileBody(cx, source, length, path, guest.names.body, guest.names.parameters, PARAMETERS, used);
}

static JSValue compile_module(JSContext *cx, const char *source, size_t length, const char *path) {
    JSValue module = JS_Eval(cx, source, length, path, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(module))
        return module;
    JSValue meta = JS_GetImportMeta(cx, JS_VALUE_GET_PTR(module));
    size_t folder = strrchr(path, '/') ? (size_t)(strrchr(path, '/') - path) : 0;
    char *url = malloc(strlen(path) + sizeof "file://");
    if (url) {
        strcpy(stpcpy(url, "file://"), path);
        JS_DefinePropertyValueStr(cx, meta, "dirname", JS_NewStringLen(cx, path, folder ? folder : 1), JS_PROP_C_W_E);
        JS_DefinePropertyValueStr(cx, meta, "filename", JS_NewString(cx, path), JS_PROP_C_W_E);
        JS_DefinePropertyValueStr(cx, meta, "url", JS_NewString(cx, url), JS_PROP_C_W_E);
        free(url);
    }
    JS_FreeValue(cx, meta);
    return module;
}

/* What the package says that a .js file belongs to; which costs looking for it. */
enum { TYPE_UNKNOWN, TYPE_MODULE, TYPE_COMMONJS };

static int package_type(JSContext *cx, const char *path, size_t length) {
    if (!(guest.job.flags & JOB_HAS_FILES) || !ends_with(path, length, ".js"))
        return TYPE_UNKNOWN;
    JSValue name = JS_NewStringLen(cx, path, length);
    JSValueConst arguments[] = {name};
    JSValue result = JS_Call(cx, guest.hooks.package_type, JS_UNDEFINED, 1, arguments);
    int32_t type = TYPE_UNKNOWN;
    if (JS_IsException(result))
        JS_FreeValue(cx, JS_GetException(cx));
    else
        JS_ToInt32(cx, &type, result);
    JS_FreeValue(cx, name);
    JS_FreeValue(cx, result);
    return type;
}

/* Compiles a file as what it is. The result is a module or a CommonJS function. */
static JSValue compile(JSContext *cx, const char *source, size_t length, const char *path, uint32_t *used) {
    size_t path_length = strlen(path);
    int type = package_type(cx, path, path_length);
    if (type == TYPE_MODULE || ends_with(path, path_length, ".mjs"))
        return compile_module(cx, source, length, path);
    JSValue function = compile_commonjs(cx, source, length, path, used);
    if (!JS_IsException(function) || type == TYPE_COMMONJS || ends_with(path, path_length, ".cjs"))
        return function;
    bool says_module = contains(source, length, "import") || contains(source, length, "export");
    if (!says_module && !contains(source, length, "await"))
        return function;
    JSValue first_error = JS_GetException(cx);
    JSValue module = compile_module(cx, source, length, path);
    if (!JS_IsException(module) || says_module) {
        JS_FreeValue(cx, first_error);
        return module;
    }
    JS_FreeValue(cx, JS_GetException(cx));
    return JS_Throw(cx, first_error);
}

JSValue modules_compile(JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments) {
    size_t length;
    const char *source = JS_ToCStringLen(cx, &length, arguments[0]), *path = JS_ToCString(cx, arguments[1]);
    uint32_t used;
    JSValue function = source && path ? compile_commonjs(cx, source, length, path, &used) : JS_EXCEPTION;
    JS_FreeCString(cx, source);
    JS_FreeCString(cx, path);
    return function;
}

/* ---- scripts, as node:vm runs them ---- */

/* Each costs some 100 KB: a program that makes more of them than this wants something else. */
enum { REALMS_MAX = 1000 };

static struct {
    JSContext *contexts[REALMS_MAX];
    int count;
} realms;

JSValue modules_realm(JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments) {
    if (realms.count == REALMS_MAX)
        return JS_ThrowRangeError(cx, "too many contexts; at most %d can be made", REALMS_MAX);
    JSContext *made = JS_NewContext(guest.runtime);
    if (!made)
        return JS_ThrowOutOfMemory(cx);
    realms.contexts[realms.count++] = made;
    JSValue fields[] = {JS_NewInt32(cx, realms.count), JS_GetGlobalObject(made)};
    return JS_NewArrayFrom(cx, 2, fields);
}

JSValue modules_evaluate(JSContext *cx, JSValueConst this_value, int count, JSValueConst *arguments) {
    size_t length;
    int32_t realm;
    if (JS_ToInt32(cx, &realm, arguments[2]))
        return JS_EXCEPTION;
    const char *source = JS_ToCStringLen(cx, &length, arguments[0]), *name = JS_ToCString(cx, arguments[1]);
    JSContext *within = realm > 0 && realm <= realms.count ? realms.contexts[realm - 1] : cx;
    bool check_only = JS_ToBool(cx, arguments[3]);
    int flags = JS_EVAL_TYPE_GLOBAL | (check_only ? JS_EVAL_FLAG_COMPILE_ONLY : 0);
    JSValue result = source && name ? JS_Eval(within, source, length, name, flags) : JS_EXCEPTION;
    JS_FreeCString(cx, source);
    JS_FreeCString(cx, name);
    if (check_only && !JS_IsException(result)) {
        JS_FreeValue(cx, result);
        return JS_UNDEFINED;
    }
    return result;
}

JSValue modules_run_main(JSContext *cx) {
    static const char folder[] = "/sandbox/";
    char *path = malloc(sizeof folder + guest.job.entry.length);
    if (!path)
        return JS_ThrowOutOfMemory(cx);
    memcpy(stpcpy(path, folder), guest.job.entry.bytes, guest.job.entry.length + 1);
    uint32_t used;
    JSValue main = compile(cx, guest.job.source.bytes, guest.job.source.length, path, &used);
    if (JS_IsModule(main)) {
        main = JS_EvalFunction(cx, main);
    } else if (!JS_IsException(main) && !used) {
        /* By far the most programs: nothing of CommonJS is needed, so nothing of it is made. */
        JSValue result = JS_Call(cx, main, JS_UNDEFINED, 0, NULL);
        JS_FreeValue(cx, main);
        main = result;
    } else if (!JS_IsException(main)) {
        JSValue name = JS_NewString(cx, path);
        JSValueConst arguments[] = {main, name};
        JSValue result = JS_Call(cx, guest.hooks.main, JS_UNDEFINED, 2, arguments);
        JS_FreeValue(cx, name);
        JS_FreeValue(cx, main);
        main = result;
    }
    free(path);
    return main;
}

/* ---- imports ---- */

static char *normalize(JSContext *cx, const char *base, const char *name, void *opaque) {
    (void)opaque;
    JSValue base_value = JS_NewString(cx, base), name_value = JS_NewString(cx, name);
    JSValueConst arguments[] = {base_value, name_value};
    JSValue resolved = JS_Call(cx, guest.hooks.resolve, JS_UNDEFINED, 2, arguments);
    JS_FreeValue(cx, base_value);
    JS_FreeValue(cx, name_value);
    if (JS_IsException(resolved))
        return NULL;
    const char *text = JS_ToCString(cx, resolved);
    char *copy = text ? js_strdup(cx, text) : NULL;
    JS_FreeCString(cx, text);
    JS_FreeValue(cx, resolved);
    return copy;
}

/* A module over a value that exists already: its own names, and the whole as the default export. */
static int export_value(JSContext *cx, JSModuleDef *module) {
    JSValue value = JS_GetModulePrivateValue(cx, module);
    JSPropertyEnum *names = NULL;
    uint32_t length = 0;
    int failed = 0;
    if (JS_IsObject(value))
        failed = JS_GetOwnPropertyNames(cx, &names, &length, value, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY);
    for (uint32_t i = 0; i < length && !failed; i++) {
        const char *name = JS_AtomToCString(cx, names[i].atom);
        JSValue member = name ? JS_GetProperty(cx, value, names[i].atom) : JS_EXCEPTION;
        failed = JS_IsException(member) || (strcmp(name, "default") != 0 && JS_SetModuleExport(cx, module, name, member));
        JS_FreeCString(cx, name);
    }
    JS_FreePropertyEnum(cx, names, length);
    return failed || JS_SetModuleExport(cx, module, "default", value) ? -1 : 0;
}

static int export_default(JSContext *cx, JSModuleDef *module) {
    return JS_SetModuleExport(cx, module, "default", JS_GetModulePrivateValue(cx, module));
}

static JSModuleDef *module_of_value(JSContext *cx, const char *name, JSValue value) {
    if (JS_IsException(value))
        return NULL;
    JSModuleDef *module = JS_NewCModule(cx, name, export_value);
    JSPropertyEnum *names = NULL;
    uint32_t length = 0;
    if (!module || JS_AddModuleExport(cx, module, "default"))
        return NULL;
    if (JS_IsObject(value) && JS_GetOwnPropertyNames(cx, &names, &length, value, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY))
        return NULL;
    for (uint32_t i = 0; i < length; i++) {
        const char *text = JS_AtomToCString(cx, names[i].atom);
        if (text && strcmp(text, "default") != 0)
            JS_AddModuleExport(cx, module, text);
        JS_FreeCString(cx, text);
    }
    JS_FreePropertyEnum(cx, names, length);
    JS_SetModulePrivateValue(cx, module, value);
    return module;
}

static JSValue call_with_name(JSContext *cx, JSValueConst hook, const char *name) {
    JSValue value = JS_NewString(cx, name);
    JSValueConst arguments[] = {value};
    JSValue result = JS_Call(cx, hook, JS_UNDEFINED, 1, arguments);
    JS_FreeValue(cx, value);
    return result;
}

/* What the attribute `type` of an import says that a file is; -1 after throwing. */
enum { IMPORT_BY_NAME, IMPORT_JSON, IMPORT_TEXT, IMPORT_BYTES };

static int import_type(JSContext *cx, JSValueConst attributes) {
    static const char *const known[] = {[IMPORT_JSON] = "json", [IMPORT_TEXT] = "text", [IMPORT_BYTES] = "bytes"};
    if (!JS_IsObject(attributes))
        return IMPORT_BY_NAME;
    JSValue value = JS_GetPropertyStr(cx, attributes, "type");
    const char *text = JS_IsString(value) ? JS_ToCString(cx, value) : NULL;
    int type = JS_IsException(value) || (JS_IsString(value) && !text) ? -1 : IMPORT_BY_NAME;
    JS_FreeValue(cx, value);
    for (int i = IMPORT_JSON; text && i <= IMPORT_BYTES; i++)
        if (strcmp(text, known[i]) == 0)
            type = i;
    if (text && type == IMPORT_BY_NAME) {
        JS_ThrowTypeError(cx, "Import attribute \"type\" with value \"%s\" is not supported", text);
        type = -1;
    }
    JS_FreeCString(cx, text);
    return type;
}

/* The bytes of a file as an array that cannot be changed. */
static JSValue bytes_of(JSContext *cx, const char *bytes, size_t length) {
    JSValue array = JS_NewUint8ArrayCopy(cx, (const uint8_t *)bytes, length);
    if (JS_IsException(array))
        return array;
    JSValue buffer = JS_GetTypedArrayBuffer(cx, array, NULL, NULL, NULL);
    JS_SetImmutableArrayBuffer(buffer, true);
    JS_FreeValue(cx, buffer);
    return array;
}

/* A module over the value of a file that is no program: the default export alone. */
static JSModuleDef *module_of_data(JSContext *cx, const char *name, JSValue value) {
    if (JS_IsException(value))
        return NULL;
    JSModuleDef *module = JS_NewCModule(cx, name, export_default);
    if (!module || JS_AddModuleExport(cx, module, "default") < 0) {
        JS_FreeValue(cx, value);
        return NULL;
    }
    JS_SetModulePrivateValue(cx, module, value);
    return module;
}

static JSModuleDef *load(JSContext *cx, const char *name, void *opaque, JSValueConst attributes) {
    (void)opaque;
    int type = import_type(cx, attributes);
    if (type < 0)
        return NULL;
    if (strncmp(name, "node:", 5) == 0)
        return module_of_value(cx, name, call_with_name(cx, guest.hooks.builtin, name));
    size_t length;
    char *source = native_read_file(name, &length);
    if (!source) {
        JS_ThrowReferenceError(cx, "could not load module '%s'", name);
        return NULL;
    }
    JSModuleDef *module = NULL;
    if (type == IMPORT_JSON) {
        module = module_of_data(cx, name, JS_ParseJSON(cx, source, length, name));
    } else if (type == IMPORT_TEXT) {
        module = module_of_data(cx, name, JS_NewStringLen(cx, source, length));
    } else if (type == IMPORT_BYTES) {
        module = module_of_data(cx, name, bytes_of(cx, source, length));
    } else if (ends_with(name, strlen(name), ".json")) {
        module = module_of_value(cx, name, JS_ParseJSON(cx, source, length, name));
    } else {
        uint32_t used;
        JSValue compiled = compile(cx, source, length, name, &used);
        if (JS_IsModule(compiled)) {
            module = JS_VALUE_GET_PTR(compiled);
            /* The context's list of modules keeps it alive. */
            JS_FreeValue(cx, compiled);
        } else if (!JS_IsException(compiled)) {
            JS_FreeValue(cx, compiled);
            module = module_of_value(cx, name, call_with_name(cx, guest.hooks.require, name));
        }
    }
    free(source);
    return module;
}

void modules_set_up(JSContext *cx) {
    static const char *const parameters[PARAMETERS] = {"exports", "require", "module", "__filename", "__dirname"};
    for (int i = 0; i < PARAMETERS; i++)
        guest.names.parameters[i] = JS_NewAtom(cx, parameters[i]);
    /* As it is called in Node's stacks. */
    guest.names.body = JS_NewAtom(cx, "Object.<anonymous>");
    JS_SetModuleLoaderFunc2(guest.runtime, normalize, load, NULL, NULL);
}
