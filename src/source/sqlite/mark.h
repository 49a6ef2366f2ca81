// What tells one state of a SQLite file from another.
#pragma once

#include <string>

#include "source/sqlite/connection.h"

namespace itemize::source::sqlite {

/// A text that differs whenever the committed content differs. A checkpoint or a rewrite of the same content may change it too:
/// it can cry wolf, never miss one. Numbers, most significant first, so that compare_marks orders states in time:
/// when the file that holds the last commit was written, the header's change counter, and the log's salt, length and checksum.
///
/// Read through SQLite's own file handles: closing any other handle of the file would drop this process's locks on it
/// (fcntl(2)), and with them the snapshot. Call it while `connection` is in a read transaction.
Result<std::string> content_mark(Connection& connection, const std::string& path);

/// Whether the file is in WAL mode, where others may write while it is read.
Result<bool> in_wal_mode(Connection& connection);

/// Negative, zero or positive as `a` is an older state than `b`, the same, a later one.
int compare_marks(const std::string& a, const std::string& b);

}  // namespace itemize::source::sqlite
