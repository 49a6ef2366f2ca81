// One SQLite connection, and statements on it. The only files that include sqlite3.h are in this folder (and journal/).
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/error.h"
#include "row/cell.h"

namespace itemize::source::sqlite {

class Connection;

/// A prepared statement; finalised when destroyed. Belongs to its connection.
class Statement {
 public:
  /// `utf16`: how the database stores text.
  Statement(sqlite3_stmt* statement, bool utf16) : statement_(statement, sqlite3_finalize), utf16_(utf16) {}
  /// True: a row is there. False: no more.
  Result<bool> step();
  sqlite3_stmt* get() const { return statement_.get(); }
  std::string text(int column) const;
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  void bind(int parameter, std::int64_t value) { sqlite3_bind_int64(statement_.get(), parameter, value); }
  void bind(int parameter, double value) { sqlite3_bind_double(statement_.get(), parameter, value); }
  void bind(int parameter, std::string_view value) {
    sqlite3_bind_text(statement_.get(), parameter, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }
  void bind(int parameter, const std::string& value) { bind(parameter, std::string_view(value)); }
  void bind_blob(int parameter, std::string_view value) {
    // A null pointer would bind NULL, not an empty blob.
    sqlite3_bind_blob(statement_.get(), parameter, value.empty() ? "" : value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }
  /// To run it again from the start; what is bound stays bound.
  void reset() { sqlite3_reset(statement_.get()); }
  /// The current row's value as a cell; text and blobs are copied to the arena.
  row::Cell cell(int column, Arena& arena) const;
  /// About how much the current row's values take: 8 bytes a number, and the length of text and blobs.
  std::size_t row_bytes() const;

 private:
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
  bool utf16_ = false;
};

class Connection {
 public:
  /// Read-only. Waits for up to `patience` wherever others hold the file locked.
  /// Errors: not there (with a guess), not a database, locked, left behind by a crash.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, std::chrono::milliseconds patience);
  Result<Statement> prepare(std::string_view sql);
  Result<void> execute(const char* sql);
  sqlite3* get() const { return database_.get(); }
  /// How long to wait from now on where others hold the file locked; zero: not at all.
  void set_patience(std::chrono::milliseconds patience);
  /// On a read-only medium: opened without locks, for nobody can write.
  bool immutable() const { return immutable_; }
  /// Another file, or none, stands under the name that was opened. What is open can still be read.
  bool has_moved() const;

 private:
  static int wait(void* connection, int tries);
  explicit Connection(sqlite3* database) : database_(database, sqlite3_close_v2) {}
  static Result<std::unique_ptr<Connection>> open_as(const std::string& name, int flags, std::chrono::milliseconds patience);

  std::unique_ptr<sqlite3, int (*)(sqlite3*)> database_;
  std::chrono::milliseconds patience_{};
  std::chrono::steady_clock::time_point waiting_since_;
  std::chrono::steady_clock::time_point waited_last_;
  bool immutable_ = false;
  bool utf16_ = false;
};

/// The connection's last failure as an Error with a hint.
std::unexpected<Error> fail_sqlite(sqlite3* database, std::string_view what);

}  // namespace itemize::source::sqlite
