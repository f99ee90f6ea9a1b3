/* The SQL guest: SQLite's shell as a CodeRunner guest (docs/guest-abi.md).
 *
 * Runs a program as `sqlite3 -box < FILE` would, dot-commands included. What is done here and not there: a database among the
 * job's files is opened, several are attached, and files of comma-separated values are imported, each under its own name.
 * The job's standard input is the file /dev/stdin. */
#include <stdio.h>

#include <sys/stat.h>

/* How the shell opens files and looks at them: there is one that the C library does not know. */
static FILE *open_file(const char *path, const char *mode);
static int stat_file(const char *path, struct stat *found);
#define fopen(path, mode) open_file(path, mode)
#define stat(path, found) stat_file(path, found)
#define main sqlite_main
#include "shell.c"
#undef main
#undef stat
#undef fopen

#include <dirent.h>
#include <sys/random.h>
#include <wasi/libc-environ.h>

#include "job.h"

enum { EXIT_NO_JOB = 70, NAME_MAX_BYTES = 200 };

static ShellState shell;
static Job job;

static FILE *open_file(const char *path, const char *mode) {
    return strcmp(path, "/dev/stdin") == 0 ? fdopen(0, mode) : fopen(path, mode);
}

static int stat_file(const char *path, struct stat *found) {
    if (strcmp(path, "/dev/stdin") != 0)
        return stat(path, found);
    memset(found, 0, sizeof *found);
    found->st_mode = S_IFCHR;
    return 0;
}

static int draw_randomness(sqlite3_vfs *vfs, int length, char *bytes) {
    for (int at = 0; at < length; at += 256)
        getentropy(bytes + at, length - at < 256 ? length - at : 256);
    return length;
}

/* ---- the job's files ---- */

typedef struct {
    char name[NAME_MAX_BYTES + 1];
} FileName;

static bool ends_with(const char *name, const char *const *endings) {
    for (; *endings; endings++) {
        size_t length = strlen(name), ending = strlen(*endings);
        if (length > ending && sqlite3_stricmp(name + length - ending, *endings) == 0)
            return true;
    }
    return false;
}

static int by_name(const void *a, const void *b) {
    return strcmp(a, b);
}

/* The files in the working folder with one of these endings, sorted; the caller frees them. */
static FileName *list_files(const char *const *endings, size_t *count) {
    FileName *names = NULL;
    DIR *folder = opendir(".");
    *count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        if (strlen(entry->d_name) > NAME_MAX_BYTES || !ends_with(entry->d_name, endings))
            continue;
        FileName *more = realloc(names, (*count + 1) * sizeof *names);
        shell_check_oom(more);
        names = more;
        strcpy(names[(*count)++].name, entry->d_name);
    }
    if (folder)
        closedir(folder);
    if (names)
        qsort(names, *count, sizeof *names, by_name);
    return names;
}

/* The name without its ending. */
static FileName stem_of(FileName file) {
    *strrchr(file.name, '.') = 0;
    return file;
}

static void open_databases(void) {
    static const char *const endings[] = {".db", ".db3", ".sqlite", ".sqlite3", NULL};
    size_t count;
    FileName *names = list_files(endings, &count);
    if (count == 1) {
        close_db(shell.db);
        shell.db = NULL;
        shell.pAuxDb->zFreeOnClose = sqlite3_mprintf("%s", names[0].name);
        shell.pAuxDb->zDbFilename = shell.pAuxDb->zFreeOnClose;
        open_db(&shell, OPEN_DB_KEEPALIVE);
    } else {
        for (size_t i = 0; i < count; i++) {
            char *sql = sqlite3_mprintf("ATTACH %Q AS \"%w\"", names[i].name, stem_of(names[i]).name);
            char *error = NULL;
            if (sqlite3_exec(shell.db, sql, NULL, NULL, &error) != SQLITE_OK)
                fprintf(stderr, "%s: %s\n", names[i].name, error);
            sqlite3_free(error);
            sqlite3_free(sql);
        }
    }
    free(names);
}

/* Runs a statement made of a format and two names, which it frees; the first value of the first row, or 0. */
static int evaluate(char *sql) {
    sqlite3_stmt *statement = NULL;
    int value = 0;
    sqlite3_prepare_v2(shell.db, sql, -1, &statement, NULL);
    if (statement && sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return value;
}

/* The shell imports everything as text. Columns that hold nothing but numbers become numeric, so that they are compared and
 * sorted as numbers; numbers with leading zeros are names of something. */
static void find_numbers(const char *schema, const char *table) {
    sqlite3_stmt *columns = NULL;
    char *sql = sqlite3_mprintf("SELECT name FROM pragma_table_info(%Q, %Q)", table, schema);
    sqlite3_prepare_v2(shell.db, sql, -1, &columns, NULL);
    sqlite3_free(sql);
    sqlite3_str *definition = sqlite3_str_new(shell.db);
    bool any = false;
    for (int n = 0; columns && sqlite3_step(columns) == SQLITE_ROW; n++) {
        const char *name = (const char *)sqlite3_column_text(columns, 0);
        bool numeric = evaluate(sqlite3_mprintf(
            "SELECT sum(\"%w\" <> '') > 0 AND min(\"%w\" = '' OR (\"%w\" = CAST(\"%w\" AS NUMERIC) AND ltrim(\"%w\", '-') NOT GLOB '0[0-9]*')) "
            "FROM %s.\"%w\"", name, name, name, name, name, schema, table));
        sqlite3_str_appendf(definition, "%s\"%w\" %s", n ? ", " : "", name, numeric ? "NUMERIC" : "TEXT");
        any |= numeric;
    }
    sqlite3_finalize(columns);
    char *text = sqlite3_str_finish(definition);
    if (any && text) {
        sql = sqlite3_mprintf("CREATE TABLE %s.\"%w~\"(%s); INSERT INTO %s.\"%w~\" SELECT * FROM %s.\"%w\"; DROP TABLE %s.\"%w\"; "
                              "ALTER TABLE %s.\"%w~\" RENAME TO \"%w\"",
                              schema, table, text, schema, table, schema, table, schema, table, schema, table, table);
        sqlite3_exec(shell.db, sql, NULL, NULL, NULL);
        sqlite3_free(sql);
    }
    sqlite3_free(text);
}

/* Into the database in memory; beside a database that is a file, so that the file does not change. */
static void import_tables(void) {
    static const char *const endings[] = {".csv", ".tsv", NULL};
    size_t count;
    FileName *names = list_files(endings, &count);
    const char *schema = shell.pAuxDb->zFreeOnClose ? "temp" : "main";
    for (size_t i = 0; i < count; i++) {
        bool tabs = sqlite3_stricmp(strrchr(names[i].name, '.'), ".tsv") == 0;
        FileName table = stem_of(names[i]);
        char *command = sqlite3_mprintf(".import --csv%s --schema %s \"%s\" \"%s\"", tabs ? " --colsep \"\\t\"" : "", schema,
                                        names[i].name, table.name);
        if (do_meta_command(command, &shell) == 0)
            find_numbers(schema, table.name);
        sqlite3_free(command);
    }
    free(names);
}

/* ---- a job ---- */

/* The job's arguments are the parameters ?1, ?2, … */
static void bind_arguments(void) {
    bind_table_init(&shell);
    const char *at = job.arguments;
    for (uint32_t i = 1; i <= job.argument_count; i++) {
        JobString argument = job_next(&at);
        char *sql = sqlite3_mprintf("REPLACE INTO temp.sqlite_parameters VALUES ('?%u', %Q)", i, argument.bytes);
        sqlite3_exec(shell.db, sql, NULL, NULL, NULL);
        sqlite3_free(sql);
    }
}

static int run_job(void) {
    if (job.flags & JOB_HAS_FILES) {
        open_databases();
        import_tables();
    }
    if (job.argument_count)
        bind_arguments();
    int code = 0;
    bool marked = job.source.length >= 3 && memcmp(job.source.bytes, "\xEF\xBB\xBF", 3) == 0;
    size_t length = job.source.length - (marked ? 3 : 0);
    if (length) {
        shell.in = fmemopen((void *)(job.source.bytes + (marked ? 3 : 0)), length, "r");
        if (!shell.in)
            shell_out_of_memory();
        code = process_input(&shell, "<stdin>");
        fclose(shell.in);
    }
    output_reset(&shell);
    return code;
}

GUEST_EXPORT("run") int guest_run(void) {
    if (!job_load(&job))
        return EXIT_NO_JOB;
    int code = run_job();
    /* What is left to do for databases that are files. */
    if (shell.pAuxDb->zFreeOnClose || shell.pAuxDb != &shell.aAuxDb[0])
        close_db(shell.db);
    fflush(NULL);
    return code & 0xff;
}

/* ---- the snapshot ---- */

/* A program of the guest's own, so that what is made on first use is in the snapshot. */
static void warm_up(void) {
    static const char program[] =
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, NULL);\n"
        "SELECT count(*), max(b), a + 1, upper(b) FROM t GROUP BY a ORDER BY 2;\n"
        "UPDATE t SET b = 'y' WHERE a = 1; DELETE FROM t; DROP TABLE t;\n";
    FILE *nowhere = fmemopen(NULL, 1 << 16, "w");
    if (!nowhere)
        abort();
    job.source = (JobString){program, sizeof program - 1};
    shell.out = nowhere; /* closed at the end of the program, as what `.output` opened */
    if (run_job() != 0 || shell.out != stdout)
        abort();
    memset(&job, 0, sizeof job);
}

GUEST_EXPORT("wizer-initialize") void guest_initialize(void) {
    /* Finds the preopened folder, which the C library remembers. */
    if (chdir("/sandbox") != 0)
        abort();
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    stdin_is_interactive = stdout_is_console = 0;
    Argv0 = "sqlite3";
    main_init(&shell);
    sqlite3_initialize();
    sqlite3_vfs_find(NULL)->xRandomness = draw_randomness;
    shell.pAuxDb->zDbFilename = ":memory:";
    shell.out = stdout;
    modeDefault(&shell);
    modeChange(&shell, MODE_Box);
    open_db(&shell, 0);
    warm_up();
    /* It has counted what was changed. */
    close_db(shell.db);
    shell.db = NULL;
    open_db(&shell, 0);
    /* It is seeded anew when it is first used. */
    sqlite3_randomness(0, NULL);
    __wasilibc_deinitialize_environ();
}
