// SQLite (Debian: libsqlite3-dev). sqlite3_config is variadic, which Swift cannot call, and SQLITE_TRANSIENT a macro, which
// it does not see.
#pragma once
#include <sqlite3.h>

/// Stops SQLite from keeping count of its memory, for which it takes a lock at each allocation. Only before anything else
/// of SQLite is used in the process: later the answer is SQLITE_MISUSE, and nothing changes.
static inline int pinglink_sqlite_stop_counting_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// SQLite copies the bytes.
static inline int pinglink_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}
