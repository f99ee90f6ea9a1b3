/* The Python guest: CPython as a CodeRunner guest (docs/guest-abi.md).
 *
 * Holds the interpreter's life: how it is configured and snapshotted, and how `run` runs one job as `python3 FILE` would,
 * up to the exit code. Which modules exist and what they are changed to for the sandbox is boot.py's business.
 *
 * Everything `run` needs of the interpreter is kept here, in C: a program may delete, replace or break any of it on the
 * Python side. */
#include <Python.h>

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "heap.h"
#include "job.h"

enum { EXIT_NO_JOB = 70, EXIT_FLUSH_FAILED = 120, EXIT_INTERRUPTED = 130 };

static struct {
    PyObject *sys_dict, *modules, *environment, *path_entry;
    PyObject *standard_output, *standard_error;
    PyObject *use_files, *run_exit_functions, *load_layer, *settle; /* functions of boot.py */
    PyObject *name_main, *name_modules, *name_flush, *name_closed, *folder;
    Py_ssize_t module_count; /* how many modules are in the snapshot */
    PyObject *main_dict;     /* borrowed from the module __main__ until the program has ended */
} state;

static Job job;

/* ---- the parts of a run ---- */

static void set_string(PyObject *dict, const char *name, PyObject *value) {
    if (value && PyDict_SetItemString(dict, name, value) != 0)
        PyErr_Clear();
    Py_XDECREF(value);
}

static PyObject *text_of(JobString string) {
    PyObject *text = PyUnicode_DecodeFSDefaultAndSize(string.bytes, string.length);
    if (!text)
        PyErr_Clear();
    return text;
}

/* A module __main__ as Python starts with. */
static void make_main(void) {
    PyObject *module = PyModule_NewObject(state.name_main);
    if (!module)
        Py_FatalError("no module __main__");
    PyObject *dict = PyModule_GetDict(module);
    set_string(dict, "__builtins__", Py_NewRef(PyDict_GetItemString(state.modules, "builtins")));
    set_string(dict, "__cached__", Py_NewRef(Py_None));
    PyDict_SetItem(state.modules, state.name_main, module);
    state.main_dict = dict;
    Py_DECREF(module);
}

static void set_environment(void) {
    const char *at = job.variables;
    for (uint32_t i = 0; i < job.variable_count; i++) {
        JobString variable = job_next(&at);
        const char *equals = memchr(variable.bytes, '=', variable.length);
        if (!equals)
            continue;
        size_t name_length = equals - variable.bytes;
        PyObject *name = PyBytes_FromStringAndSize(variable.bytes, name_length);
        PyObject *value = PyBytes_FromStringAndSize(equals + 1, variable.length - name_length - 1);
        if (!name || !value || PyDict_SetItem(state.environment, name, value) != 0)
            PyErr_Clear();
        Py_XDECREF(name);
        Py_XDECREF(value);
    }
}

static void set_arguments(void) {
    PyObject *arguments = PyList_New(0), *text = text_of(job.entry);
    const char *at = job.arguments;
    for (uint32_t i = 0; arguments && text; i++) {
        if (PyList_Append(arguments, text) != 0)
            PyErr_Clear();
        Py_CLEAR(text);
        if (i < job.argument_count)
            text = text_of(job_next(&at));
    }
    Py_XDECREF(text);
    set_string(state.sys_dict, "argv", arguments);
}

/* Whether the bytes can be compiled as they are. Not so if there are NULs among them, or if they are no UTF-8 and do not
 * say that they are something else: only the reader of files words those errors as `python3 FILE` does. */
static bool is_plain(const char *source, size_t length) {
    bool ascii = true;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t eight;
        memcpy(&eight, source + i, 8);
        /* A byte that is 0 or has its high bit set. */
        if ((eight | (eight - 0x0101010101010101u)) & 0x8080808080808080u)
            ascii = false;
    }
    for (; i < length; i++)
        if (source[i] <= 0)
            ascii = false;
    if (ascii)
        return true;
    if (memchr(source, 0, length))
        return false;
    const char *line_end = memchr(source, '\n', length), *end = source + length;
    if (line_end)
        line_end = memchr(line_end + 1, '\n', end - line_end - 1);
    if (memmem(source, (line_end ? line_end : end) - source, "coding", 6))
        return true;
    PyObject *text = PyUnicode_DecodeUTF8(source, length, NULL);
    if (!text)
        PyErr_Clear();
    Py_XDECREF(text);
    return text != NULL;
}

/* Runs the program; NULL with an exception set if it ended with one. What is wrong with a source is found out once more by
 * the parser of files, so that errors are worded as `python3 FILE` words them. */
static PyObject *run_program(void) {
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    PyObject *path = PyUnicode_FromFormat("/sandbox/%s", job.entry.bytes);
    if (!path)
        return NULL;
    PyObject *dict = state.main_dict, *result = NULL;
    PyDict_SetItemString(dict, "__file__", path);
    if (is_plain(job.source.bytes, job.source.length)) {
        PyObject *code = Py_CompileStringObject(job.source.bytes, path, Py_file_input, &flags, -1);
        if (code) {
            result = PyEval_EvalCode(code, dict, dict);
            Py_DECREF(code);
            goto out;
        }
        if (!PyErr_ExceptionMatches(PyExc_SyntaxError))
            goto out;
        PyErr_Clear();
    }
    const char *name = PyUnicode_AsUTF8(path);
    FILE *file = name ? fopen(name, "r") : NULL;
    if (!file) /* there are no files yet when the snapshot is taken */
        file = fmemopen((void *)job.source.bytes, job.source.length, "r");
    if (!file || !name)
        PyErr_NoMemory();
    else
        result = PyRun_FileExFlags(file, name, Py_file_input, dict, dict, 1, &flags);
out:
    Py_DECREF(path);
    return result;
}

/* ---- how a program ends ---- */

/* The exit code of `sys.exit(value)`; takes the raised SystemExit. */
static int exit_code_of(PyObject *exception) {
    int code = 1;
    PyObject *value = PyObject_GetAttrString(exception, "code");
    if (!value) {
        PyErr_Clear();
    } else if (value == Py_None) {
        code = 0;
    } else if (PyLong_Check(value)) {
        code = (int)PyLong_AsLong(value);
        PyErr_Clear();
    } else {
        PyObject *error = PySys_GetObject("stderr");
        if (error && error != Py_None && PyFile_WriteObject(value, error, Py_PRINT_RAW) == 0)
            PyFile_WriteString("\n", error);
        PyErr_Clear();
    }
    Py_XDECREF(value);
    Py_DECREF(exception);
    return code;
}

/* The exit code for the exception that is set; shows it unless it is SystemExit. */
static int end_by_exception(void) {
    if (PyErr_ExceptionMatches(PyExc_SystemExit))
        return exit_code_of(PyErr_GetRaisedException());
    int code = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) ? EXIT_INTERRUPTED : 1;
    PyErr_Print();
    return code;
}

/* Flushes a stream unless it is closed; 0, or -1 with the error shown. */
static int flush(PyObject *stream) {
    if (!stream || stream == Py_None)
        return 0;
    PyObject *closed = PyObject_GetAttr(stream, state.name_closed);
    int is_closed = closed ? PyObject_IsTrue(closed) : 0;
    Py_XDECREF(closed);
    PyErr_Clear();
    if (is_closed > 0)
        return 0;
    PyObject *result = PyObject_CallMethodNoArgs(stream, state.name_flush);
    if (result) {
        Py_DECREF(result);
        return 0;
    }
    PyErr_WriteUnraisable(stream);
    return -1;
}

static int flush_current(const char *name) {
    PyObject *stream = Py_XNewRef(PySys_GetObject(name));
    int result = flush(stream);
    Py_XDECREF(stream);
    return result;
}

/* Removes the modules that the program made, its own first, so that what dies with them is finalized: __del__ methods
 * run and open files are written out. A whole Py_Finalize would do the same and much that nobody can see. */
static void drop_modules(void) {
    if (PyDict_DelItem(state.modules, state.name_main) != 0)
        PyErr_Clear();
    if (PyDict_GET_SIZE(state.modules) >= state.module_count) {
        PyObject *names = PyDict_Keys(state.modules);
        for (Py_ssize_t i = names ? PyList_GET_SIZE(names) - 1 : -1; i >= state.module_count - 1; i--)
            if (PyDict_DelItem(state.modules, PyList_GET_ITEM(names, i)) != 0)
                PyErr_Clear();
        Py_XDECREF(names);
    }
    PyErr_Clear();
    collect_at_end();
}

static int finish(int code) {
    PyObject *result = PyObject_CallNoArgs(state.run_exit_functions);
    if (!result)
        PyErr_Clear();
    Py_XDECREF(result);
    int failed = flush_current("stdout");
    flush_current("stderr");
    drop_modules();
    /* Whatever the program put in their places, what it wrote before must come out. */
    failed |= flush(state.standard_output);
    flush(state.standard_error);
    return failed && code == 0 ? EXIT_FLUSH_FAILED : code;
}

static int run_job(void) {
    set_environment();
    set_arguments();
    PyObject *result = Py_None;
    if (job.flags & JOB_HAS_FILES) {
        result = PyObject_CallNoArgs(state.use_files);
        Py_XDECREF(result);
    }
    if (result) {
        result = run_program();
        Py_XDECREF(result);
    }
    return finish(result ? 0 : end_by_exception());
}

GUEST_EXPORT("run") int guest_run(void) {
    if (!job_load(&job))
        return EXIT_NO_JOB;
    return run_job() & 0xff;
}

/* ---- the snapshot ---- */

static void die(const char *what) {
    if (PyErr_Occurred())
        PyErr_Print();
    fprintf(stderr, "cannot make the snapshot: %s\n", what);
    abort();
}

static void check(PyStatus status) {
    if (PyStatus_Exception(status))
        die(status.err_msg ? status.err_msg : "no reason given");
}

/* Makes the interpreter what programs start from. */
static void freeze(void) {
    PyObject *objects = PyObject_CallNoArgs(state.settle);
    if (!objects || !PyList_Check(objects))
        die("settling failed");
    immortalize(objects);
    Py_DECREF(objects);
    fill_holes();
    /* Again, and last: what is there when the collector's objects are frozen is never collected, nor what it refers to. */
    make_main();
}

/* A layer: the snapshot with the modules imported that the job's arguments name. */
GUEST_EXPORT("preload") int guest_preload(void) {
    if (!job_load(&job))
        return EXIT_NO_JOB;
    PyObject *names = PyList_New(0);
    const char *at = job.arguments;
    for (uint32_t i = 0; names && i < job.argument_count; i++) {
        PyObject *name = text_of(job_next(&at));
        if (!name || PyList_Append(names, name) != 0)
            return EXIT_NO_JOB;
        Py_DECREF(name);
    }
    memset(&job, 0, sizeof job);
    PyObject *result = names ? PyObject_CallOneArg(state.load_layer, names) : NULL;
    if (!result) {
        PyErr_Print();
        return 1;
    }
    Py_DECREF(result);
    Py_DECREF(names);
    /* It comes last again, after what was imported: that is how what a program imports is told from it. */
    PyDict_DelItem(state.modules, state.name_main);
    make_main();
    state.module_count = PyDict_GET_SIZE(state.modules);
    freeze();
    return 0;
}

static void start_interpreter(void) {
    PyPreConfig preconfig;
    PyPreConfig_InitIsolatedConfig(&preconfig);
    preconfig.utf8_mode = 1;
    check(Py_PreInitialize(&preconfig));

    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.site_import = 0;
    config.write_bytecode = 0;
    config.pathconfig_warnings = 0;
    config.user_site_directory = 0;
    /* The snapshot fixes the order of sets of strings: a seed drawn at run time would have to rehash every dict in it. */
    config.use_hash_seed = 1;
    config.hash_seed = 0;
    static const struct {
        size_t offset;
        const wchar_t *value;
    } strings[] = {
        {offsetof(PyConfig, program_name), L"python3"},
        {offsetof(PyConfig, executable), L"/usr/bin/python3"},
        {offsetof(PyConfig, base_executable), L"/usr/bin/python3"},
        {offsetof(PyConfig, prefix), L"/usr"},
        {offsetof(PyConfig, base_prefix), L"/usr"},
        {offsetof(PyConfig, exec_prefix), L"/usr"},
        {offsetof(PyConfig, base_exec_prefix), L"/usr"},
        {offsetof(PyConfig, stdlib_dir), STDLIB},
        {offsetof(PyConfig, platlibdir), L"lib"},
        {offsetof(PyConfig, stdio_encoding), L"utf-8"},
        {offsetof(PyConfig, stdio_errors), L"strict"},
    };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        check(PyConfig_SetString(&config, (wchar_t **)((char *)&config + strings[i].offset), strings[i].value));
    config.module_search_paths_set = 1;
    check(PyWideStringList_Append(&config.module_search_paths, STDLIB));
    check(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
}

static PyObject *member(PyObject *dict, const char *name) {
    PyObject *value = PyDict_GetItemString(dict, name);
    if (!value)
        die(name);
    return Py_NewRef(value);
}

static PyObject *boot(void) {
    PyObject *dict = PyDict_New();
    PyDict_SetItemString(dict, "__builtins__", PyEval_GetBuiltins());
    set_string(dict, "__name__", PyUnicode_FromString("_boot"));
    FILE *file = fopen("/boot.py", "r");
    if (!file)
        die("boot.py is missing");
    PyObject *result = PyRun_FileEx(file, "<boot>", Py_file_input, dict, dict, 1);
    if (!result)
        die("boot.py failed");
    Py_DECREF(result);
    return dict;
}

/* Programs of the guest's own, run the way jobs are, so that caches are warm and what is made on first use is there. */
static void warm_up(void) {
    static const char *const programs[] = {
        "print(sum(range(10)))\n",
        "import json, re, random, math\n"
        "def f(n): return n if n < 2 else f(n - 1) + f(n - 2)\n"
        "class A:\n    def __init__(self, x): self.x = x\n    def __repr__(self): return f'A({self.x!r})'\n"
        "print([A(i) for i in range(3)], {'a': 1.5, 'b': [None, True]}, f(5), f'{3.14159:.2f} {10:>5}', sep=' ')\n"
        "print(json.loads(json.dumps({'a': [1, 2.5, None, True, 'x']})), re.findall(r'\\d+', 'a1b22'), sorted('hello'))\n"
        "with open('/nowhere') as f: pass\n",
        "def f(): raise ValueError('x')\ntry: f()\nexcept ValueError as e: print(e)\nf()\n",
        "x = (\n",
        "import sys\nsys.exit(3)\n",
    };
    static const int codes[] = {0, 1, 1, 1, 3};
    job.entry = (JobString){"main.py", 7};
    for (int round = 0; round < 8; round++) {
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
            job.source = (JobString){programs[i], strlen(programs[i])};
            if (run_job() != codes[i])
                die(programs[i]);
            make_main();
        }
    }
    memset(&job, 0, sizeof job);
}

GUEST_EXPORT("wizer-initialize") void guest_initialize(void) {
    start_interpreter();
    state.sys_dict = Py_NewRef(PyModule_GetDict(PyImport_AddModule("sys")));
    state.modules = member(state.sys_dict, "modules");
    state.name_main = PyUnicode_InternFromString("__main__");
    state.name_flush = PyUnicode_InternFromString("flush");
    state.name_closed = PyUnicode_InternFromString("closed");
    PyObject *booted = boot();
    state.environment = member(booted, "environment");
    state.use_files = member(booted, "use_files");
    state.run_exit_functions = member(booted, "run_exit_functions");
    state.load_layer = member(booted, "load_layer");
    state.settle = member(booted, "settle");
    state.standard_output = member(state.sys_dict, "stdout");
    state.standard_error = member(state.sys_dict, "stderr");
    make_main();
    state.module_count = PyDict_GET_SIZE(state.modules);
    warm_up();
    freeze();
}
