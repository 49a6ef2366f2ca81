#include "source/sqlite/sqlite.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <mutex>

#include "source/sqlite/catalog.h"
#include "source/sqlite/connection.h"

namespace itemize::source {
namespace {

using namespace sqlite;

/// The one connection of a snapshot, and its read transaction. Readers take turns on it.
struct Shared {
  std::string path;
  std::unique_ptr<Connection> connection;
  std::mutex mutex;
};

row::Cell cell_of(sqlite3_stmt* statement, int column, Arena& arena) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return row::Cell::integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return row::Cell::real(row::CellKind::float64, sqlite3_column_double(statement, column));
    case SQLITE_NULL: return row::Cell::null();
    default: break;
  }
  const bool text = sqlite3_column_type(statement, column) == SQLITE_TEXT;
  // _blob gives a text's bytes as they are stored (UTF-8, or converted to it from a UTF-16 database), valid or not.
  const void* bytes = text ? static_cast<const void*>(sqlite3_column_text(statement, column)) : sqlite3_column_blob(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return row::Cell::view_of(text ? row::CellKind::text : row::CellKind::bytes, arena.copy({static_cast<const char*>(bytes), size}));
}

class SqliteReader : public Reader {
 public:
  SqliteReader(std::shared_ptr<Shared> shared, Statement statement, std::size_t columns)
      : shared_(std::move(shared)), statement_(std::move(statement)), columns_(columns) {}
  ~SqliteReader() override {
    const std::scoped_lock lock(shared_->mutex);
    const Statement finalised = std::move(statement_);
  }

  Result<bool> next(row::RowBatch& batch) override {
    batch.clear(columns_);
    const std::scoped_lock lock(shared_->mutex);
    std::size_t bytes = 0;
    while (!ended_ && batch.rows() < row::RowBatch::max_rows && bytes < row::RowBatch::target_bytes) {
      if (!TRY(statement_.step())) {
        ended_ = true;
        break;
      }
      row::Cell* cells = batch.add_row();
      for (std::size_t column = 0; column < columns_; ++column) {
        cells[column] = cell_of(statement_.get(), static_cast<int>(column), batch.arena());
        bytes += sizeof(row::Cell) + cells[column].size;
      }
    }
    return !batch.empty();
  }

 private:
  std::shared_ptr<Shared> shared_;
  Statement statement_;
  std::size_t columns_;
  bool ended_ = false;
};

/// The text form of a key value, bound so that it finds what the column's affinity stored: '\x..' is a blob.
void bind_key(Statement& statement, int parameter, const std::string& text) {
  const auto nibble = [](char byte) { return byte >= '0' && byte <= '9' ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1; };
  const bool blob = text.starts_with("\\x") && text.size() % 2 == 0 && std::all_of(text.begin() + 2, text.end(), [&](char byte) { return nibble(byte) >= 0; });
  if (!blob) {
    statement.bind(parameter, text);
    return;
  }
  std::string bytes;
  for (std::size_t at = 2; at < text.size(); at += 2) bytes += static_cast<char>(nibble(text[at]) << 4 | nibble(text[at + 1]));
  sqlite3_bind_blob(statement.get(), parameter, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

std::string key_list(const Range& range, const std::string& sign) {
  std::string names;
  std::string marks;
  for (const std::string& column : range.key_columns) {
    names += (names.empty() ? "" : ", ") + quoted(column);
    marks += marks.empty() ? "?" : ", ?";
  }
  return "(" + names + ") " + sign + " (" + marks + ")";
}

struct Query {
  std::string where;
  std::vector<std::string> values;
};

Query where_of(const Range& range) {
  Query query;
  if (range.kind == RangeKind::blocks) {
    query.where = " WHERE rowid >= " + std::to_string(range.first_block);
    if (range.end_block) query.where += " AND rowid < " + std::to_string(*range.end_block);
  }
  if (range.kind == RangeKind::keys) {
    if (range.lower) {
      query.where = " WHERE " + key_list(range, ">=");
      query.values = *range.lower;
    }
    if (range.upper) {
      query.where += (query.where.empty() ? " WHERE " : " AND ") + key_list(range, "<");
      query.values.insert(query.values.end(), range.upper->begin(), range.upper->end());
    }
  }
  if (range.kind == RangeKind::rows) {
    for (const std::vector<std::string>& key : range.row_keys) {
      query.where += (query.where.empty() ? " WHERE " : " OR ") + key_list(range, "=");
      query.values.insert(query.values.end(), key.begin(), key.end());
    }
    if (range.row_keys.empty()) query.where = " WHERE false";
  }
  return query;
}

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
    Range whole;
    whole.table = table.name;
    whole.estimated_rows = table.estimated_rows.value_or(0);
    if (table.kind != row::TableKind::table) return std::vector{whole};
    const std::scoped_lock lock(shared_->mutex);
    Result<Statement> bounds = shared_->connection->prepare("SELECT min(rowid), max(rowid) FROM " + quoted(table.name));
    if (!bounds || sqlite3_step(bounds->get()) != SQLITE_ROW || bounds->is_null(0)) return std::vector{whole};  // no rowid, or empty
    const std::int64_t first = bounds->integer(0);
    const std::int64_t last = bounds->integer(1);
    // Ranges cost little here, and rows take turns on one connection: a guess of 200 bytes a row is good enough.
    const std::uint64_t step = std::max<std::uint64_t>(1000, target_bytes / 200);
    const std::uint64_t span = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
    const std::uint64_t count = std::min<std::uint64_t>(span / step + 1, 1000);
    std::vector<Range> ranges;
    for (std::uint64_t index = 0; index < count; ++index) {
      Range range = whole;
      range.kind = RangeKind::blocks;
      const std::uint64_t width = span / count + 1;
      range.first_block = index == 0 ? std::numeric_limits<std::int64_t>::min() : static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + index * width);
      if (index + 1 < count) range.end_block = static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + (index + 1) * width);
      range.estimated_rows = whole.estimated_rows / count;
      ranges.push_back(std::move(range));
    }
    return ranges;
  }

  Result<std::unique_ptr<Reader>> open(const Range& range, const row::Table& table, const std::vector<std::string>& columns) override {
    std::string list;
    for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + quoted(column);
    if (list.empty()) list = "NULL";
    const Query query = where_of(range);
    const std::scoped_lock lock(shared_->mutex);
    Statement statement = TRY_WITH("table " + table.name, shared_->connection->prepare("SELECT " + list + " FROM " + quoted(table.name) + query.where));
    for (std::size_t index = 0; index < query.values.size(); ++index) bind_key(statement, static_cast<int>(index) + 1, query.values[index]);
    return std::make_unique<SqliteReader>(shared_, std::move(statement), columns.size());
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
    Statement first = TRY(shared->connection->prepare("SELECT count(*), CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER) FROM sqlite_schema"));
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
  if (path == ":memory:") return fail(ErrorCode::invalid_input, "a database in memory cannot be read from outside", "name a file: sqlite:path/to/file.db");
  return std::make_unique<SqliteSource>(std::move(path));
}

}  // namespace itemize::source
