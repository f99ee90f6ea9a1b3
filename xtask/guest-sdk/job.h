/* The job record of the guest ABI (docs/guest-abi.md), read from the host and taken apart.
 *
 * A guest calls job_load() once, at the start of `run`. Everything in the Job points into one allocation that lives
 * until the instance ends; nothing is copied. Interpreting the program is the guest's own business. */
#ifndef CODERUNNER_JOB_H
#define CODERUNNER_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GUEST_EXPORT(name) __attribute__((export_name(name)))
#define GUEST_IMPORT(name) __attribute__((import_module("coderunner"), import_name(name)))

GUEST_IMPORT("job_size") uint32_t coderunner_job_size(void);
GUEST_IMPORT("job_read") void coderunner_job_read(void *record);

enum { JOB_VERSION = 1, JOB_HAS_FILES = 1 };

/* The bytes are followed by a NUL that `length` does not count. */
typedef struct {
    const char *bytes;
    uint32_t length;
} JobString;

typedef struct {
    uint32_t flags;
    JobString entry;  /* relative to the working folder */
    JobString source; /* any bytes */
    uint32_t argument_count;
    const char *arguments; /* walk with job_next() */
    uint32_t variable_count;
    const char *variables; /* "NAME=value"; walk with job_next() */
} Job;

static inline uint32_t job_number(const char **at) {
    uint32_t number; /* the record keeps no alignment */
    memcpy(&number, *at, sizeof number);
    *at += sizeof number;
    return number;
}

static inline JobString job_next(const char **at) {
    JobString string;
    string.length = job_number(at);
    string.bytes = *at;
    *at += string.length + 1;
    return string;
}

/* False if there is no memory for the record, or it is of a version this guest does not know. */
static inline bool job_load(Job *job) {
    const char *at = malloc(coderunner_job_size());
    if (!at)
        return false;
    coderunner_job_read((void *)at);
    if (job_number(&at) != JOB_VERSION)
        return false;
    job->flags = job_number(&at);
    job->entry = job_next(&at);
    job->source = job_next(&at);
    job->argument_count = job_number(&at);
    job->arguments = at;
    for (uint32_t i = 0; i < job->argument_count; i++)
        job_next(&at);
    job->variable_count = job_number(&at);
    job->variables = at;
    return true;
}

#endif
