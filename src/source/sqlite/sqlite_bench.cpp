// Reading a SQLite file: our reader against a bare loop over sqlite3_step and the column functions, on one connection and on two.
// A wide table of 17 columns and a narrow one; in the page cache, so that what is measured is work, not the disk.
#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "source/sqlite/sqlite.h"

namespace itemize::source {
namespace {

constexpr int rows = 300'000;

/// Made once, removed at exit.
class File {
 public:
  File() {
    std::string folder = (std::filesystem::temp_directory_path() / "itemize-sqlite-bench-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    sqlite3* database = nullptr;
    sqlite3_open(path().c_str(), &database);
    const std::string count = std::to_string(rows);
    sqlite3_exec(database,
                 ("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; BEGIN;"
                  "CREATE TABLE wide (id INTEGER PRIMARY KEY, customer_id INTEGER, status TEXT, total NUMERIC, placed_at TEXT, city TEXT, "
                  "name TEXT, email TEXT, paid BOOLEAN,"
                  " weight REAL, note TEXT, discount REAL, updated_at TEXT, a INTEGER, b INTEGER, c TEXT, d TEXT);"
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                  count +
                  ") INSERT INTO wide SELECT i, i * 7919 % 100000, 'shipped', i / 7.0,"
                  " '2025-03-04T05:06:07.890123Z', 'Lisboa', 'customer ' || i, 'customer' || i || '@example.com', i % 2, i * 0.25, 'a note "
                  "of some forty characters, or so, ' || i, 0.05,"
                  " '2025-11-24T01:02:03.000000Z', i % 17, NULL, 'c', hex(i) FROM n;"
                  "CREATE TABLE narrow (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c REAL);"
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                  count +
                  ") INSERT INTO narrow SELECT i, i % 1000, -i, i / 3.0 FROM n;"
                  "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
                     .c_str(),
                 nullptr, nullptr, nullptr);
    sqlite3_close(database);
  }
  ~File() { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "bench.db").string(); }

 private:
  std::filesystem::path folder_;
};

const File& file() {
  static const File made;
  return made;
}

const char* table_of(const benchmark::State& state) { return state.range(0) == 0 ? "wide" : "narrow"; }

/// What no reader can beat: every value looked at, none kept.
void BareLoop(benchmark::State& state) {
  sqlite3* database = nullptr;
  sqlite3_open_v2(file().path().c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  for (auto _ : state) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, (std::string("SELECT * FROM ") + table_of(state)).c_str(), -1, &statement, nullptr);
    const int columns = sqlite3_column_count(statement);
    std::size_t sum = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int column = 0; column < columns; ++column) {
        switch (sqlite3_column_type(statement, column)) {
          case SQLITE_INTEGER:
            sum += static_cast<std::size_t>(sqlite3_column_int64(statement, column));
            break;
          case SQLITE_FLOAT:
            sum += static_cast<std::size_t>(sqlite3_column_double(statement, column));
            break;
          case SQLITE_NULL:
            break;
          default:
            benchmark::DoNotOptimize(sqlite3_column_blob(statement, column));
            sum += static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        }
      }
    }
    benchmark::DoNotOptimize(sum);
    sqlite3_finalize(statement);
  }
  sqlite3_close(database);
  state.SetItemsProcessed(state.iterations() * rows);
}

/// Readers on `range(1)` threads, each taking the next range of the plan.
void OurReader(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(1));
  const std::unique_ptr<Source> source = *make_sqlite_source({.url = "sqlite:" + file().path()});
  const row::Catalog catalog = *source->catalog();
  const row::Table& table = *catalog.find("", table_of(state));
  std::vector<std::string> columns;
  for (const row::Column& column : table.columns) columns.push_back(column.name);
  const std::unique_ptr<Snapshot> snapshot = *source->snapshot({.connections = threads});
  const std::vector<Range> plan = *snapshot->plan(table, 4 << 20);
  for (auto _ : state) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < threads; ++worker)
      workers.emplace_back([&] {
        row::RowBatch batch;
        for (std::size_t index = next++; index < plan.size(); index = next++) {
          const std::unique_ptr<Reader> reader = *snapshot->open(plan[index], table, columns);
          while (*reader->next(batch)) benchmark::DoNotOptimize(batch.rows());
        }
      });
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

BENCHMARK(BareLoop)->Arg(0)->Arg(1)->ArgName("narrow")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(OurReader)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"narrow", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace itemize::source
