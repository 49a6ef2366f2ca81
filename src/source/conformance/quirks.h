// Quirks: what the conformance suite must know of one engine: its dialect, its types and its honest differences.
//
// Everything has the default of standard SQL, so that an engine's <engine>_dbtest.cpp fills in only what differs and ends with
//   INSTANTIATE_TEST_SUITE_P(SQLite, Conformance, testing::Values(sqlite_quirks()), conformance_name);
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "row/type.h"
#include "source/source.h"

namespace itemize::source::conformance {

/// An empty database of the engine's, made for one test and removed with this object; and a connection that writes to it,
/// through the engine's own client, never through the code under test.
class Database {
 public:
  virtual ~Database() = default;
  /// How a Source reaches it.
  virtual Options options() const = 0;
  /// Runs one or more statements, each committed on its own; "BEGIN" and "COMMIT" work. Empty, or the engine's complaint.
  virtual std::string execute(const std::string& sql) = 0;
};

/// A column type with values worth a look.
struct TypeCase {
  std::string declared;               ///< As in CREATE TABLE.
  row::TypeKind kind{};               ///< What the catalog must make of it.
  std::vector<std::string> literals;  ///< SQL expressions in the engine's dialect. NULL is always tried and need not be listed.
  bool key = false;                   ///< It can be a primary key: the literals are distinct and not NULL then.
  std::string setup;                  ///< Run before the table is made: CREATE TYPE and the like.
};

struct Quirks {
  std::string name;  ///< Letters and digits: part of the tests' names.
  /// Empty where the engine is there; otherwise why the tests are skipped.
  std::function<std::string()> missing = [] { return std::string(); };
  std::function<std::unique_ptr<Database>()> make_database;

  // --- dialect ---
  std::function<std::string(const std::string&)> quote_name = [](const std::string& plain) { return quote(plain, '"'); };
  std::function<std::string(const std::string&)> quote_text = [](const std::string& text) { return quote(text, '\''); };
  std::string integer_type = "bigint";  ///< 64 bits, signed.
  std::string text_type = "text";
  std::string key_text_type = "varchar(200)";  ///< Text that may be part of a key.
  std::string bytes_type = "bytea";
  std::string decimal_type = "numeric(38,10)";
  std::string double_type = "double precision";
  std::string generated_column =
      "bigint GENERATED ALWAYS AS (a * 2) STORED";  ///< Type and clause of a column computed from `a`. Empty: the engine has none.
  std::string partial_unique_index = "CREATE UNIQUE INDEX some_only ON many_keys (c) WHERE d > 0";  ///< Empty: the engine has none.
  std::string expression_unique_index = "CREATE UNIQUE INDEX computed ON many_keys ((c + d))";      ///< Empty: the engine has none.
  /// A text of `bytes` letters 'x', made by the server.
  std::function<std::string(std::uint64_t)> long_text = [](std::uint64_t bytes) { return "repeat('x', " + std::to_string(bytes) + ")"; };
  /// Table names that the engine cannot have are left out of the names test.
  std::function<bool(const std::string&)> can_name_table = [](const std::string&) { return true; };

  // --- types ---
  std::vector<TypeCase> types;

  // --- differences ---
  std::string schema;                  ///< Of the tables made by the tests; empty where the engine has no schemas.
  bool readers_block_writers = false;  ///< A snapshot keeps others from committing (SQLite with a rollback journal).
  bool point_needs_lock = false;       ///< Several connections come to one point only with SnapshotOptions::allow_global_lock.
  bool token_joinable = true;          ///< Snapshot::token() names the snapshot to another process.
  bool has_change_counters = true;     ///< change_counters() moves with every committed change...
  bool change_counters_lag = false;    ///< ...after a while only (PostgreSQL's statistics).
  bool drop_waits_for_readers = true;  ///< DROP TABLE would wait for an open snapshot: the test drops before it opens a reader.
  bool nul_in_text = false;            ///< Text may hold the character U+0000.
  int most_columns = 1000;             ///< That the suite tries in one table.
  std::uint64_t large_value = 32u << 20;

 private:
  static std::string quote(const std::string& text, char mark) {
    std::string quoted(1, mark);
    for (const char byte : text) {
      if (byte == mark) quoted += mark;
      quoted += byte;
    }
    return quoted + mark;
  }
};

inline void PrintTo(const Quirks& quirks, std::ostream* out) { *out << quirks.name; }

}  // namespace itemize::source::conformance
