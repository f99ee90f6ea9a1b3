/* Included ahead of SQLite's source (build.sh).
 *
 * SQLite keeps two things apart when it locks a database: its own connections in this process, by counting, and other
 * processes, by fcntl. There are no other processes, and WASI's fcntl knows no locks: every such lock is granted. */
#ifndef CODERUNNER_PYTHON_SQLITE_H
#define CODERUNNER_PYTHON_SQLITE_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

/* The numbers that SQLite gives them where WASI has none. */
enum { SQLITE_UNLCK = 2, SQLITE_GETLK = 12, SQLITE_SETLK = 13, SQLITE_SETLKW = 14 };

static int sqlite_fcntl(int descriptor, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    int result = 0;
    if (command == SQLITE_GETLK)
        va_arg(arguments, struct flock *)->l_type = SQLITE_UNLCK;
    else if (command != SQLITE_SETLK && command != SQLITE_SETLKW)
        result = fcntl(descriptor, command, va_arg(arguments, int));
    va_end(arguments);
    return result;
}
#define fcntl sqlite_fcntl

#endif
