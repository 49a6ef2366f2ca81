#include "source/sqlite/connection.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "base/closest.h"

namespace itemize::source::sqlite {
namespace {

namespace fs = std::filesystem;

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
  const int code = sqlite3_extended_errcode(database);
  const std::string message = std::string(what) + ": " + sqlite3_errmsg(database);
  if (code == SQLITE_READONLY_ROLLBACK)
    return fail(ErrorCode::conflict, std::string(what) + ": a program died while it wrote, and left a journal to be rolled back",
                "open the database once with the program it belongs to, or with the sqlite3 shell; itemize does not write to it");
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorCode::unavailable, message, "another program keeps the database locked; end its transaction");
    case SQLITE_NOTADB:
      return fail(ErrorCode::invalid_input, message, "the file is not a SQLite database, or it is encrypted");
    case SQLITE_CORRUPT:
      return fail(ErrorCode::io, message,
                  "the database is damaged, or was replaced while it was read: look at it with PRAGMA integrity_check");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return fail(
          ErrorCode::permission, message,
          "check the permissions of the file and its folder (a database in WAL mode needs a folder in which its -shm file can be made)");
    case SQLITE_IOERR:
      return fail(ErrorCode::unavailable, message, "the file could not be read; was it replaced or cut while it was read?");
    default:
      return fail(ErrorCode::internal, message);
  }
}

namespace {

std::string percent_encoded(const std::string& path) {
  std::string text;
  for (const char byte : path) {
    static constexpr char hex[] = "0123456789ABCDEF";
    if (byte == '%' || byte == '?' || byte == '#')
      (text += '%') += {hex[byte >> 4], hex[byte & 15]};
    else
      text += byte;
  }
  return text;
}

/// On a medium that nobody can write, where not even a log stands beside the file: then locks and shared memory are not needed.
bool cannot_change(const std::string& path) {
  struct statvfs system{};
  struct stat log{};
  return ::statvfs(path.c_str(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0 &&
         (::stat((path + "-wal").c_str(), &log) != 0 || log.st_size == 0);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open_as(const std::string& name, int flags, std::chrono::milliseconds patience) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) return fail_sqlite(database, "cannot open it");
  connection->set_patience(patience);
  // The first read tells whether it is a database at all.
  Statement probe = TRY(connection->prepare("SELECT count(*) FROM sqlite_schema"));
  TRY(probe.step());
  Statement encoding = TRY(connection->prepare("PRAGMA encoding"));
  TRY(encoding.step());
  connection->utf16_ = encoding.text(0).starts_with("UTF-16");
  return connection;
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, std::chrono::milliseconds patience) {
  TRY(must_exist(path));
  // A bare name that begins with file: would be read as a URI.
  Result<std::unique_ptr<Connection>> connection = open_as(path.starts_with("file:") ? "./" + path : path, 0, patience);
  if (!connection && connection.error().code == ErrorCode::permission && cannot_change(path)) {
    connection = open_as("file:" + percent_encoded(path) + "?immutable=1", SQLITE_OPEN_URI, patience);
    if (connection) (*connection)->immutable_ = true;
  }
  if (!connection) return std::unexpected(std::move(connection).error().with("'" + path + "'"));
  return connection;
}

void Connection::set_patience(std::chrono::milliseconds patience) {
  patience_ = patience;
  sqlite3_busy_handler(get(), patience.count() > 0 ? wait : nullptr, this);
}

/// Asks again after a millisecond or two. SQLite's own handler soon waits for 100, and then writers that pause for less starve it.
int Connection::wait(void* connection, int tries) {
  auto& self = *static_cast<Connection*>(connection);
  const auto now = std::chrono::steady_clock::now();
  // SQLite does not begin to count at 0 for every wait (not where it reads the schema again): a pause tells one from the next.
  if (tries == 0 || now - self.waited_last_ > std::chrono::milliseconds(100)) self.waiting_since_ = now;
  self.waited_last_ = now;
  if (now - self.waiting_since_ >= self.patience_) return 0;
  std::this_thread::sleep_for(std::chrono::microseconds(500 + tries * 7919 % 2000));
  return 1;
}

bool Connection::has_moved() const {
  int moved = 0;
  return !immutable_ && sqlite3_file_control(get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return fail_sqlite(get(), "SQLite refuses a query");
  return Statement(statement, utf16_);
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
  // The value itself instead of sqlite3_column_*: one look-up a cell, not three. Safe, as whoever reads holds the connection.
  sqlite3_value* const value = sqlite3_column_value(get(), column);
  const int storage = sqlite3_value_type(value);
  switch (storage) {
    case SQLITE_INTEGER:
      return row::Cell::integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return row::Cell::real(row::CellKind::float64, sqlite3_value_double(value));
    case SQLITE_NULL:
      return row::Cell::null();
    default:
      break;
  }
  const bool text = storage == SQLITE_TEXT;
  // _text turns UTF-16 into UTF-8, and would copy UTF-8 to end it with a zero; _blob gives bytes where they lie, valid or not.
  const void* const bytes = text && utf16_ ? static_cast<const void*>(sqlite3_value_text(value)) : sqlite3_value_blob(value);
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
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
  const void* bytes = sqlite3_column_text(get(), column);
  const int size = sqlite3_column_bytes(get(), column);
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace itemize::source::sqlite
