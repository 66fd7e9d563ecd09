#pragma once

// SQLite takes UTF-8 for names, and so does Swift. A byte of a path that is none stands in Swift's text as one of the
// characters U+10FF80 to U+10FFFF (see RawPath); on its way to the system it becomes that byte again.

/// From now on, SQLite opens files by such paths. Only for a ledger that has one.
void pinglink_sqlite_take_raw_paths(void);
