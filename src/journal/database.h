// A thin, safe layer over SQLite's C interface: statements that finalise themselves, transactions that roll back, and Errors
// that name the file and say what to do.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace itemize::journal {

class Database;

/// One prepared statement. Parameters are bound in order by bind(); columns are read by index after step() said true.
class Statement {
 public:
  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  Statement& bind(std::string_view value);
  /// True: a row is there; false: done.
  Result<bool> step();
  /// For statements without rows: runs it and makes it ready for the next values.
  Result<void> run();

  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
  std::string text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  const Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bound_ = 0;
};

/// One connection. Not thread-safe.
class Database {
 public:
  enum class Access : std::uint8_t { read_only, recover, read_write };

  /// `recover` opens an existing file for writing, but only so that SQLite can roll back what a crash left.
  static Result<Database> open(const std::string& path, Access access);

  Result<void> execute(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  std::int64_t last_insert_id() const { return sqlite3_last_insert_rowid(handle_.get()); }
  /// By the last INSERT, UPDATE or DELETE.
  int rows_changed() const { return sqlite3_changes(handle_.get()); }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  const std::string& path() const { return path_; }

  /// The connection's last failure as an Error: what SQLite said, which file, what to do.
  std::unexpected<Error> failure() const;
  /// True if the last failure was a torn transaction that a read-only connection may not roll back.
  bool needs_recovery() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
};

/// Everything between begin() and commit() happens, or nothing does. Rolls back when it goes out of scope uncommitted.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Result<void> commit();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace itemize::journal
