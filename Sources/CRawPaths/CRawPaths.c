// A C target and no header of inline functions: the system's headers stay out of the modules that Swift sees, which would
// otherwise take `struct stat` for CSQLite's.
#include "CRawPaths.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PINGLINK_PATH_ROOM 4096

/// `path` with those characters as bytes, in `raw`, which has PINGLINK_PATH_ROOM bytes; a longer one as it is.
static const char *pinglink_raw_path(const char *path, char *raw) {
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

static int pinglink_raw_open(const char *path, int flags, int mode) {
    char raw[PINGLINK_PATH_ROOM];
    return open(pinglink_raw_path(path, raw), flags, mode);
}
static int pinglink_raw_access(const char *path, int mode) {
    char raw[PINGLINK_PATH_ROOM];
    return access(pinglink_raw_path(path, raw), mode);
}
static int pinglink_raw_stat(const char *path, struct stat *status) {
    char raw[PINGLINK_PATH_ROOM];
    return stat(pinglink_raw_path(path, raw), status);
}
static int pinglink_raw_lstat(const char *path, struct stat *status) {
    char raw[PINGLINK_PATH_ROOM];
    return lstat(pinglink_raw_path(path, raw), status);
}
static int pinglink_raw_unlink(const char *path) {
    char raw[PINGLINK_PATH_ROOM];
    return unlink(pinglink_raw_path(path, raw));
}

void pinglink_sqlite_take_raw_paths(void) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(0);
    if (!vfs || vfs->iVersion < 3 || !vfs->xSetSystemCall) return;
    vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)pinglink_raw_open);
    vfs->xSetSystemCall(vfs, "access", (sqlite3_syscall_ptr)pinglink_raw_access);
    vfs->xSetSystemCall(vfs, "stat", (sqlite3_syscall_ptr)pinglink_raw_stat);
    vfs->xSetSystemCall(vfs, "lstat", (sqlite3_syscall_ptr)pinglink_raw_lstat);
    vfs->xSetSystemCall(vfs, "unlink", (sqlite3_syscall_ptr)pinglink_raw_unlink);
}
