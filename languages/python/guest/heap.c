/* What the guest does to the interpreter's heap so that a run changes few of its pages: every page that a run changes has to
 * be found and restored before the next. Reaches into the interpreter's insides, as nothing else of the guest does. */
#define Py_BUILD_CORE 1
#include "heap.h"

#include <stdlib.h>
#include <string.h>

#include "pycore_gc.h"
#include "pycore_interp.h"
#include "pycore_obmalloc.h"
#include "pycore_pystate.h"

/* ---- immortal objects ----
 *
 * A reference count that goes up and down again leaves its page changed. Of the pages that a small program changed, a third
 * held nothing but such counts. None of the objects would be freed in any case. */

static PyObject **pending;
static size_t pending_count, pending_capacity;

static void make_immortal(PyObject *object) {
    if (_Py_IsImmortal(object))
        return;
    object->ob_refcnt = _Py_IMMORTAL_INITIAL_REFCNT;
    if (pending_count == pending_capacity) {
        pending_capacity = pending_capacity ? 2 * pending_capacity : 1024;
        pending = realloc(pending, pending_capacity * sizeof *pending);
        if (!pending)
            Py_FatalError("no memory to walk the objects of the snapshot");
    }
    pending[pending_count++] = object;
}

static int visit(PyObject *object, void *unused) {
    (void)unused;
    if (object)
        make_immortal(object);
    return 0;
}

/* The collector has no interest in code objects, so they cannot be traversed. */
static void visit_code(PyCodeObject *code) {
    PyObject *const parts[] = {
        code->co_consts, code->co_names, code->co_exceptiontable, code->co_localsplusnames, code->co_localspluskinds,
        code->co_filename, code->co_name, code->co_qualname, code->co_linetable,
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        visit(parts[i], NULL);
}

/* Names. Where they are the keys of a dict or of instances, no traversal shows them. */
static void make_names_immortal(void) {
    PyObject *names = _PyInterpreterState_GET()->cached_objects.interned_strings;
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(names, &at, &name, &value))
        make_immortal(name);
}

void immortalize(PyObject *objects) {
    make_names_immortal();
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects); i++) {
        PyObject *object = PyList_GET_ITEM(objects, i);
        make_immortal(object);
        /* Static types are immortal already; what they refer to is not. */
        if (Py_TYPE(object)->tp_traverse)
            Py_TYPE(object)->tp_traverse(object, visit, NULL);
    }
    while (pending_count) {
        PyObject *object = pending[--pending_count];
        if (PyCode_Check(object))
            visit_code((PyCodeObject *)object);
        else if (Py_TYPE(object)->tp_traverse)
            Py_TYPE(object)->tp_traverse(object, visit, NULL);
    }
    free(pending);
    pending = NULL;
    pending_capacity = 0;
}

/* ---- the last collection ---- */

void collect_at_end(void) {
    PyThreadState *thread = _PyThreadState_GET();
    PyGC_Head *oldest = &thread->interp->gc.generations[NUM_GENERATIONS - 1].head;
    bool has_old = _PyGCHead_NEXT(oldest) != oldest;
    /* A full collection empties the free lists as well, on pages that the program did not touch. */
    _PyGC_Collect(thread, has_old ? NUM_GENERATIONS - 1 : NUM_GENERATIONS - 2, _Py_GC_REASON_SHUTDOWN);
}

/* ---- where the program's objects go ---- */

/* The allocator's pools with holes in them are used before fresh ones: what a program allocates would lie scattered over many
 * pages, each of which is copied when the sandbox is put back. With all holes taken, it lies together. */
void fill_holes(void) {
    struct _obmalloc_state *allocator = _PyInterpreterState_GET()->obmalloc;
    for (unsigned i = 0; i < NB_SMALL_SIZE_CLASSES; i++) {
        poolp *used = allocator->pools.used;
        size_t size = (i + 1) << ALIGNMENT_SHIFT;
        /* What is left in them would only make the snapshot larger. */
        while (used[i + i] != used[i + i]->nextpool)
            memset(PyObject_Malloc(size), 0, size);
    }
}
