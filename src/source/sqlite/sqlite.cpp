#include "source/sqlite/sqlite.h"

#include <algorithm>
#include <cstring>

#include "source/sqlite/catalog.h"
#include "source/sqlite/connection.h"
#include "source/sqlite/mark.h"
#include "source/sqlite/plan.h"
#include "source/sqlite/point.h"
#include "source/sqlite/query.h"
#include "source/sqlite/reader.h"

namespace itemize::source {
namespace {

using namespace sqlite;

class SqliteSnapshot : public Snapshot {
 public:
  SqliteSnapshot(std::string path, Point point) : path_(std::move(path)), point_(std::move(point)) {}

  Position position() const override { return {point_.mark}; }
  std::string note() const override { return point_.note; }
  std::string token() const override { return {}; }
  std::int64_t taken_at() const override { return point_.taken_at; }

  bool alive() override {
    Seat& seat = *point_.seats.front();
    const std::scoped_lock lock(seat.mutex);
    if (sqlite3_get_autocommit(seat.connection->get()) != 0) return false;
    // With a rollback journal the file cannot change under our lock, unless someone writes over it without asking SQLite.
    const Result<bool> wal = in_wal_mode(*seat.connection);
    if (!wal || *wal || seat.connection->has_moved()) return wal.has_value();
    const Result<std::string> now = content_mark(*seat.connection, path_);
    return now && *now == point_.mark;
  }

  Result<std::vector<Range>> plan(const row::Table& table, std::uint64_t target_bytes) override {
    const std::shared_ptr<Seat> seat = least_busy();
    const std::scoped_lock lock(seat->mutex);
    return TRY_WITH("table " + table.name, plan_ranges(*seat->connection, table, target_bytes));
  }

  Result<std::unique_ptr<Reader>> open(const Range& range, const row::Table& table, const std::vector<std::string>& columns) override {
    const std::shared_ptr<Seat> seat = least_busy();
    std::vector<Statement> statements;
    {
      const std::scoped_lock lock(seat->mutex);
      const auto most_values = static_cast<std::size_t>(sqlite3_limit(seat->connection->get(), SQLITE_LIMIT_VARIABLE_NUMBER, -1));
      for (const Query& query : TRY_WITH("table " + table.name, queries_of(range, table, columns, most_values))) {
        statements.push_back(TRY_WITH("table " + table.name, seat->connection->prepare(query.sql)));
        bind(statements.back(), query.values);
      }
    }
    std::vector<Meaning> meanings;
    for (const std::string& name : columns) {
      const auto column = table.column(name);
      meanings.push_back(column ? meaning_of(table.columns[*column].type.name) : Meaning::as_stored);
    }
    return std::make_unique<SqliteReader>(seat, std::move(statements), std::move(meanings), table.name);
  }

 private:
  /// Two that ask at the same moment may get the same: they take turns then.
  std::shared_ptr<Seat> least_busy() const {
    return *std::ranges::min_element(point_.seats, {}, [](const std::shared_ptr<Seat>& seat) { return seat->readers.load(); });
  }

  std::string path_;
  Point point_;
};

class SqliteSource : public Source {
 public:
  SqliteSource(std::string path, std::chrono::seconds patience) : path_(std::move(path)), patience_(patience) {}

  Result<row::Catalog> catalog() override {
    const std::unique_ptr<Connection> connection = TRY(Connection::open(path_, patience_));
    TRY(connection->execute("BEGIN"));  // one point for all that is asked
    return read_catalog(*connection, path_);
  }

  Result<std::unique_ptr<Snapshot>> snapshot(const SnapshotOptions& options) override {
    return std::make_unique<SqliteSnapshot>(path_, TRY(take_point(path_, options.connections, patience_)));
  }

  Result<std::vector<ChangeCounter>> change_counters() override {
    // The file knows only that it changed, not where: every table moves with any.
    const Point point = TRY(take_point(path_, 1, patience_));
    std::vector<ChangeCounter> counters;
    for (const row::Table& table : TRY(read_catalog(*point.seats.front()->connection, path_)).tables)
      counters.push_back({table.schema, table.name, point.mark});
    return counters;
  }

  int compare(const Position& a, const Position& b) const override { return compare_marks(a.value, b.value); }

 private:
  std::string path_;
  std::chrono::milliseconds patience_;  ///< For a file that others hold locked.
};

}  // namespace

Result<std::unique_ptr<Source>> make_sqlite_source(const Options& options) {
  std::string path = options.url.substr(std::strlen("sqlite:"));
  if (path.starts_with("//")) path.erase(0, 2);  // sqlite:///abs and sqlite://rel are common spellings
  if (path.empty()) return fail(ErrorCode::invalid_input, "the source's URL names no file", "write sqlite:path/to/file.db");
  if (path == ":memory:")
    return fail(ErrorCode::invalid_input, "a database in memory cannot be read from outside", "name a file: sqlite:path/to/file.db");
  return std::make_unique<SqliteSource>(std::move(path), options.connect_timeout);
}

}  // namespace itemize::source
