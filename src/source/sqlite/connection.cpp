#include "source/sqlite/connection.h"

#include <sys/stat.h>

#include <filesystem>
#include <vector>

#include "base/closest.h"

namespace itemize::source::sqlite {
namespace {

namespace fs = std::filesystem;

/// A writer that commits holds the file for moments only; a long wait means a stuck one.
constexpr int busy_timeout_milliseconds = 30'000;

Result<void> must_exist(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return fail(ErrorCode::invalid_input, "'" + path + "' is a folder, not a SQLite database");
    return {};
  }
  std::vector<std::string> names;
  std::error_code ignored;
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) names.push_back(entry.path().filename().string());
  const std::string near = closest(fs::path(path).filename().string(), names);
  return fail(ErrorCode::not_found, "there is no file '" + path + "'",
              near.empty() ? "name the database's file: sqlite:path/to/file.db" : "did you mean '" + near + "'?");
}

}  // namespace

std::unexpected<Error> fail_sqlite(sqlite3* database, std::string_view what) {
  const int code = sqlite3_errcode(database) & 0xFF;
  const std::string message = std::string(what) + ": " + sqlite3_errmsg(database);
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorCode::unavailable, message, "another program has held the database locked for 30 seconds; end its transaction");
    case SQLITE_NOTADB:
      return fail(ErrorCode::invalid_input, message, "the file is not a SQLite database, or it is encrypted");
    case SQLITE_CORRUPT:
      return fail(ErrorCode::io, message, "the database is damaged: look at it with PRAGMA integrity_check");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return fail(ErrorCode::permission, message,
                  "check the permissions of the file and its folder (a WAL database needs its -shm file, or a writable folder)");
    case SQLITE_IOERR:
      return fail(ErrorCode::unavailable, message, "the file could not be read; was it replaced or cut while it was read?");
    default:
      return fail(ErrorCode::internal, message);
  }
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path) {
  TRY(must_exist(path));
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) return fail_sqlite(database, "cannot open '" + path + "'");
  sqlite3_busy_timeout(database, busy_timeout_milliseconds);
  // The first read tells whether it is a database at all.
  Statement probe = TRY_WITH("'" + path + "'", connection->prepare("SELECT count(*) FROM sqlite_schema"));
  TRY_WITH("'" + path + "'", probe.step());
  return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return fail_sqlite(get(), "SQLite refuses a query");
  return Statement(statement);
}

Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return fail_sqlite(get(), sql);
  return {};
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail_sqlite(sqlite3_db_handle(get()), "reading from SQLite failed");
}

row::Cell Statement::cell(int column, Arena& arena) const {
  sqlite3_stmt* const statement = get();
  const int storage = sqlite3_column_type(statement, column);
  switch (storage) {
    case SQLITE_INTEGER:
      return row::Cell::integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return row::Cell::real(row::CellKind::float64, sqlite3_column_double(statement, column));
    case SQLITE_NULL:
      return row::Cell::null();
    default:
      break;
  }
  const bool text = storage == SQLITE_TEXT;
  // _text turns UTF-16 into UTF-8; text that is not valid comes as it is stored.
  const void* const bytes =
      text ? static_cast<const void*>(sqlite3_column_text(statement, column)) : sqlite3_column_blob(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return row::Cell::view_of(text ? row::CellKind::text : row::CellKind::bytes, arena.copy({static_cast<const char*>(bytes), size}));
}

std::size_t Statement::row_bytes() const {
  std::size_t bytes = 0;
  for (int column = sqlite3_column_count(get()) - 1; column >= 0; --column) {
    const int storage = sqlite3_column_type(get(), column);
    bytes += storage == SQLITE_TEXT || storage == SQLITE_BLOB ? static_cast<std::size_t>(sqlite3_column_bytes(get(), column)) : 8;
  }
  return bytes;
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(get(), column);
  const int size = sqlite3_column_bytes(get(), column);
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace itemize::source::sqlite
