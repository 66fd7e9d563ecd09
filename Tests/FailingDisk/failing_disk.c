// Loaded in front of the C library (LD_PRELOAD), it lets writes to some files fail, as a full or a broken disk does.
//
// FAILING_DISK_NAME  a part of the path of the files that this is about
// FAILING_DISK_AT    which of their writes, truncations and syncs is the first to fail, counted from 1 in this process
// FAILING_DISK_ERRNO what it fails with
// FAILING_DISK_ONCE  set: only this one call fails; else all that follow fail too
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static int fails(int descriptor) {
    char link[64], path[4096];
    const char *name = getenv("FAILING_DISK_NAME"), *at = getenv("FAILING_DISK_AT");
    if (name == NULL || at == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strstr(path, name) == NULL) return 0;
    long call = atomic_fetch_add(&calls, 1) + 1, first = atol(at);
    if (getenv("FAILING_DISK_ONCE") != NULL ? call != first : call < first) return 0;
    errno = atoi(getenv("FAILING_DISK_ERRNO"));
    return 1;
}

#define FAILING(type, function, parameters, arguments)                             \
    type function parameters {                                                     \
        type (*real) parameters = (type (*) parameters)dlsym(RTLD_NEXT, #function); \
        return fails(descriptor) ? -1 : real arguments;                            \
    }

FAILING(ssize_t, write, (int descriptor, const void *bytes, size_t count), (descriptor, bytes, count))
FAILING(ssize_t, pwrite, (int descriptor, const void *bytes, size_t count, off_t at), (descriptor, bytes, count, at))
FAILING(ssize_t, pwrite64, (int descriptor, const void *bytes, size_t count, off64_t at), (descriptor, bytes, count, at))
FAILING(int, ftruncate, (int descriptor, off_t length), (descriptor, length))
FAILING(int, ftruncate64, (int descriptor, off64_t length), (descriptor, length))
FAILING(int, fsync, (int descriptor), (descriptor))
FAILING(int, fdatasync, (int descriptor), (descriptor))
