/* The interpreter's heap, as far as the guest handles it itself. */
#ifndef CODERUNNER_PYTHON_HEAP_H
#define CODERUNNER_PYTHON_HEAP_H

#include <Python.h>

/* Makes the objects of the list immortal, and all that they refer to, directly or not: from then on nothing counts
 * references to them. */
void immortalize(PyObject *objects);

/* Makes small objects that are allocated from now on lie together. */
void fill_holes(void);

/* Collects what the program left behind in cycles, before the instance ends. */
void collect_at_end(void);

#endif
