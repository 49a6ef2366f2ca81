// SQLite in the conformance suite, twice: with a write-ahead log and with a rollback journal.
#include "source/conformance/conformance.h"
#include "source/sqlite/testing.h"

namespace itemize::source::conformance {
namespace {

/// A file in a folder of its own, and one connection that writes to it.
class SqliteDatabase : public Database {
 public:
  explicit SqliteDatabase(const char* journal_mode) : writer_(file_.path()) {
    execute(std::string("PRAGMA journal_mode = ") + journal_mode + "; PRAGMA synchronous = OFF; CREATE TABLE t (a); DROP TABLE t");
  }
  Options options() const override {
    Options options;
    options.url = "sqlite:" + file_.path();
    return options;
  }
  std::string execute(const std::string& sql) override { return writer_.execute(sql); }

 private:
  sqlite::TestFile file_;
  sqlite::Writer writer_;
};

/// Every affinity with every storage class that it may hold.
std::vector<TypeCase> sqlite_types() {
  using enum row::TypeKind;
  const std::vector<std::string> everything{"0",
                                            "-1",
                                            "9223372036854775807",
                                            "-9223372036854775808",
                                            "9223372036854775808",
                                            "1.5",
                                            "-0.0",
                                            "0.1",
                                            "1e15",
                                            "123456789012345678",
                                            "1e-5",
                                            "5e-324",
                                            "1.7976931348623157e308",
                                            "9e999",
                                            "-9e999",
                                            "''",
                                            "'text'",
                                            "'12'",
                                            "'12.50'",
                                            "'0x10'",
                                            "'1e3'",
                                            "' 7 '",
                                            "'ünïcødé 表 🦊'",
                                            "'quote '' and \" and \\ and \n newline'",
                                            "X''",
                                            "X'00FF'",
                                            "X'313233'",
                                            "CAST(X'C328' AS TEXT)",
                                            "CAST(X'610062' AS TEXT)",
                                            "'\\x00'",
                                            "'NULL'",
                                            "'2024-02-30'",
                                            "TRUE",
                                            "9007199254740993",
                                            "9007199254740993.0",
                                            "'123456789012345678901234567890.123'"};
  return {
      {"INTEGER", integer, everything},
      {"TEXT", text, everything},
      {"BLOB", bytes, everything},
      {"REAL", float64, everything},
      {"NUMERIC(12,2)", dynamic, everything},
      {"VARCHAR(20)", text, everything},
      {"BOOLEAN", dynamic, everything},
      {"DATETIME", dynamic, everything},
      {"", dynamic, everything},
      {"JSON", dynamic, everything},
      {"DATETIME",
       dynamic,
       {"'2024-02-29 12:34:56'", "'2024-02-29 12:34:56.5'", "'2024-02-29T01:02:03'", "'2024-02-29'", "1709210096", "'now'"},
       true},
      {"BOOLEAN", dynamic, {"0", "1", "'true'", "'yes'", "2", "0.5"}, true},
      {"BIGINT",
       integer,
       {"1", "-1", "0", "9223372036854775807", "-9223372036854775808", "9007199254740993", "'seven'", "1.5", "X'01'"},
       true},
      {"TEXT",
       text,
       {"''", "'a'", "'A'", "'12'", "'012'", "'1.0'", "'\\x00'", "'\\x'", "X'00'", "X''", "'é'", "' a'", "'a '", "'NULL'", "12345", "0.1"},
       true},
      {"BLOB", bytes, {"X'00'", "X''", "X'FF00FF'", "'text'", "'\\x00'", "'12'", "12", "13.5", "'13.5'", "''"}, true},
      {"REAL", float64, {"0.1", "1", "-1e300", "5e-324", "'word'", "123456789012345678", "1e15", "0.30000000000000004", "X'01'"}, true},
      {"NUMERIC", dynamic, {"1", "1.5", "'abc'", "X'31'", "'1e1000'", "9223372036854775807", "0.1", "1e20"}, true},
      {"", dynamic, {"1", "'1'", "1.5", "'1.5'", "X'31'", "''", "X''", "'\\x31'"}, true},
  };
}

Quirks sqlite_quirks(const char* suite_name, const char* journal_mode) {
  Quirks quirks;
  quirks.name = suite_name;
  quirks.make_database = [journal_mode] { return std::make_unique<SqliteDatabase>(journal_mode); };
  quirks.readers_block_writers = std::string(journal_mode) == "DELETE";
  quirks.token_joinable = false;
  quirks.drop_waits_for_readers = false;
  quirks.nul_in_text = true;
  quirks.bytes_type = "BLOB";
  quirks.long_text = [](std::uint64_t bytes) { return "replace(hex(zeroblob(" + std::to_string(bytes / 2) + ")), '0', 'x')"; };
  quirks.types = sqlite_types();
  return quirks;
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Conformance, testing::Values(sqlite_quirks("Wal", "WAL"), sqlite_quirks("RollbackJournal", "DELETE")),
                         conformance_name);

}  // namespace
}  // namespace itemize::source::conformance
