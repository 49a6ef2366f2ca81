#include "source/sqlite/sqlite.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <mutex>

#include "source/sqlite/catalog.h"
#include "source/sqlite/connection.h"
#include "source/sqlite/plan.h"
#include "source/sqlite/query.h"

namespace itemize::source {
namespace {

using namespace sqlite;

/// The one connection of a snapshot, and its read transaction. Readers take turns on it.
struct Shared {
  std::string path;
  std::unique_ptr<Connection> connection;
  std::mutex mutex;
};

class SqliteReader : public Reader {
 public:
  SqliteReader(std::shared_ptr<Shared> shared, std::vector<Statement> statements, std::size_t columns)
      : shared_(std::move(shared)), statements_(std::move(statements)), columns_(columns) {}
  ~SqliteReader() override {
    const std::scoped_lock lock(shared_->mutex);
    statements_.clear();
  }

  Result<bool> next(row::RowBatch& batch) override {
    batch.clear(columns_);
    const std::scoped_lock lock(shared_->mutex);
    std::size_t bytes = 0;
    while (!statements_.empty() && batch.rows() < row::RowBatch::max_rows && bytes < row::RowBatch::target_bytes) {
      Statement& statement = statements_.front();
      if (!TRY(statement.step())) {
        statements_.erase(statements_.begin());
        continue;
      }
      row::Cell* cells = batch.add_row();
      for (std::size_t column = 0; column < columns_; ++column) {
        cells[column] = statement.cell(static_cast<int>(column), batch.arena());
        bytes += sizeof(row::Cell) + cells[column].size;
      }
    }
    return !batch.empty();
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::vector<Statement> statements_;  ///< The first is being read.
  std::size_t columns_;
};

class SqliteSnapshot : public Snapshot {
 public:
  SqliteSnapshot(std::shared_ptr<Shared> shared, std::int64_t taken_at, std::string position)
      : shared_(std::move(shared)), taken_at_(taken_at), position_(std::move(position)) {}

  Position position() const override { return {position_}; }
  std::string token() const override { return {}; }
  std::int64_t taken_at() const override { return taken_at_; }
  bool alive() override {
    const std::scoped_lock lock(shared_->mutex);
    return sqlite3_get_autocommit(shared_->connection->get()) == 0;
  }

  Result<std::vector<Range>> plan(const row::Table& table, std::uint64_t target_bytes) override {
    const std::scoped_lock lock(shared_->mutex);
    return plan_ranges(*shared_->connection, table, target_bytes);
  }

  Result<std::unique_ptr<Reader>> open(const Range& range, const row::Table& table, const std::vector<std::string>& columns) override {
    const std::scoped_lock lock(shared_->mutex);
    const auto most_values = static_cast<std::size_t>(sqlite3_limit(shared_->connection->get(), SQLITE_LIMIT_VARIABLE_NUMBER, -1));
    std::vector<Statement> statements;
    for (const Query& query : TRY(queries_of(range, table, columns, most_values))) {
      statements.push_back(TRY_WITH("table " + table.name, shared_->connection->prepare(query.sql)));
      bind(statements.back(), query.values);
    }
    return std::make_unique<SqliteReader>(shared_, std::move(statements), columns.size());
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::int64_t taken_at_;
  std::string position_;
};

/// What changes with every committed change: the header's change counter (rollback journal), and the state of the WAL.
Result<std::string> change_mark(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char header[100] = {};
  if (!file.read(header, sizeof header)) return fail(ErrorCode::io, "cannot read the header of '" + path + "'");
  std::uint64_t mark = 0;
  for (int index = 24; index < 28; ++index) mark = mark << 8 | static_cast<unsigned char>(header[index]);
  std::string text = std::to_string(mark);
  std::ifstream wal(path + "-wal", std::ios::binary | std::ios::ate);
  if (wal && wal.tellg() > 0) {
    const std::streamoff size = wal.tellg();
    char salt[32] = {};
    wal.seekg(0);
    wal.read(salt, sizeof salt);
    text += " wal " + std::to_string(size);
    // Salts change whenever the log begins anew; the last frame's header holds a running checksum.
    static constexpr char hex[] = "0123456789abcdef";
    const auto append = [&](const char* bytes, int count) {
      text += ' ';
      for (int index = 0; index < count; ++index) {
        text += hex[static_cast<unsigned char>(bytes[index]) >> 4];
        text += hex[bytes[index] & 15];
      }
    };
    append(salt + 16, 8);
  }
  return text;
}

class SqliteSource : public Source {
 public:
  explicit SqliteSource(std::string path) : path_(std::move(path)) {}

  Result<row::Catalog> catalog() override {
    const std::unique_ptr<Connection> connection = TRY(Connection::open(path_));
    return read_catalog(*connection, path_);
  }

  Result<std::unique_ptr<Snapshot>> snapshot(const SnapshotOptions&) override {
    auto shared = std::make_shared<Shared>();
    shared->path = path_;
    shared->connection = TRY(Connection::open(path_));
    TRY(shared->connection->execute("BEGIN"));
    // The transaction begins to see at its first read.
    Statement first = TRY(
        shared->connection->prepare("SELECT count(*), CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER) FROM sqlite_schema"));
    TRY(first.step());
    return std::make_unique<SqliteSnapshot>(shared, first.integer(1), TRY(change_mark(path_)));
  }

  Result<std::vector<ChangeCounter>> change_counters() override {
    const std::string mark = TRY(change_mark(path_));
    std::vector<ChangeCounter> counters;
    for (const row::Table& table : TRY(catalog()).tables) counters.push_back({table.schema, table.name, mark});
    return counters;
  }

  int compare(const Position& a, const Position& b) const override {
    const long long left = std::atoll(a.value.c_str());
    const long long right = std::atoll(b.value.c_str());
    return left < right ? -1 : right < left ? 1 : a.value.compare(b.value);
  }

 private:
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_sqlite_source(const Options& options) {
  std::string path = options.url.substr(std::strlen("sqlite:"));
  if (path.starts_with("//")) path.erase(0, 2);  // sqlite:///abs and sqlite://rel are common spellings
  if (path.empty()) return fail(ErrorCode::invalid_input, "the source's URL names no file", "write sqlite:path/to/file.db");
  if (path == ":memory:")
    return fail(ErrorCode::invalid_input, "a database in memory cannot be read from outside", "name a file: sqlite:path/to/file.db");
  return std::make_unique<SqliteSource>(std::move(path));
}

}  // namespace itemize::source
