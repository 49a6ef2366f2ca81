// One SQLite connection, and statements on it. The only files that include sqlite3.h are in this folder (and journal/).
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace itemize::source::sqlite {

class Connection;

/// A prepared statement; finalised when destroyed. Belongs to its connection.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement, sqlite3_finalize) {}
  /// True: a row is there. False: no more.
  Result<bool> step();
  sqlite3_stmt* get() const { return statement_.get(); }
  std::string text(int column) const;
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  void bind(int parameter, std::int64_t value) { sqlite3_bind_int64(statement_.get(), parameter, value); }
  void bind(int parameter, std::string_view value) {
    sqlite3_bind_text(statement_.get(), parameter, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }

 private:
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

class Connection {
 public:
  /// Read-only. Errors: not there (with a guess), not a database, locked.
  static Result<std::unique_ptr<Connection>> open(const std::string& path);
  Result<Statement> prepare(std::string_view sql);
  Result<void> execute(const char* sql);
  sqlite3* get() const { return database_.get(); }

 private:
  explicit Connection(sqlite3* database) : database_(database, sqlite3_close_v2) {}
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> database_;
};

/// "name" with quotes doubled.
std::string quoted(std::string_view name);
/// The connection's last failure as an Error with a hint.
std::unexpected<Error> fail_sqlite(sqlite3* database, std::string_view what);

}  // namespace itemize::source::sqlite
