// SQLite (Debian: libsqlite3-dev). sqlite3_config is variadic, which Swift cannot call, and SQLITE_TRANSIENT a macro, which
// it does not see.
#pragma once
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Stops SQLite from keeping count of its memory, for which it takes a lock at each allocation. Only before anything else
/// of SQLite is used in the process: later the answer is SQLITE_MISUSE, and nothing changes.
static inline int pinglink_sqlite_stop_counting_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// SQLite copies the bytes.
static inline int pinglink_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// SQLite takes UTF-8 for names, and so does Swift. A byte of a path that is none stands in Swift's text as one of the
// characters U+10FF80 to U+10FFFF (see RawPath); on its way to the system it becomes that byte again.

#define PINGLINK_PATH_ROOM 4096

/// `path` with those characters as bytes, in `raw`, which has PINGLINK_PATH_ROOM bytes; a longer one as it is.
static inline const char *pinglink_raw_path(const char *path, char *raw) {
    if (strlen(path) >= PINGLINK_PATH_ROOM) return path;
    const unsigned char *from = (const unsigned char *)path;
    unsigned char *to = (unsigned char *)raw;
    while (*from) {
        if (from[0] == 0xF4 && from[1] == 0x8F && (from[2] == 0xBE || from[2] == 0xBF) && from[3]) {
            *to++ = (unsigned char)(from[2] << 6 | (from[3] & 0x3F));
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    *to = 0;
    return raw;
}

static inline int pinglink_raw_open(const char *path, int flags, int mode) {
    char raw[PINGLINK_PATH_ROOM];
    return open(pinglink_raw_path(path, raw), flags, mode);
}
static inline int pinglink_raw_access(const char *path, int mode) {
    char raw[PINGLINK_PATH_ROOM];
    return access(pinglink_raw_path(path, raw), mode);
}
static inline int pinglink_raw_stat(const char *path, struct stat *status) {
    char raw[PINGLINK_PATH_ROOM];
    return stat(pinglink_raw_path(path, raw), status);
}
static inline int pinglink_raw_lstat(const char *path, struct stat *status) {
    char raw[PINGLINK_PATH_ROOM];
    return lstat(pinglink_raw_path(path, raw), status);
}
static inline int pinglink_raw_unlink(const char *path) {
    char raw[PINGLINK_PATH_ROOM];
    return unlink(pinglink_raw_path(path, raw));
}

/// From now on, SQLite opens files by such paths. Only for a ledger that has one.
static inline void pinglink_sqlite_take_raw_paths(void) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(0);
    if (!vfs || vfs->iVersion < 3 || !vfs->xSetSystemCall) return;
    vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)pinglink_raw_open);
    vfs->xSetSystemCall(vfs, "access", (sqlite3_syscall_ptr)pinglink_raw_access);
    vfs->xSetSystemCall(vfs, "stat", (sqlite3_syscall_ptr)pinglink_raw_stat);
    vfs->xSetSystemCall(vfs, "lstat", (sqlite3_syscall_ptr)pinglink_raw_lstat);
    vfs->xSetSystemCall(vfs, "unlink", (sqlite3_syscall_ptr)pinglink_raw_unlink);
}
