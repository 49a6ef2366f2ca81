#include "journal/database.h"

#include <cerrno>
#include <cstring>

namespace itemize::journal {
namespace {

/// How long a call waits for another connection. Transactions here take milliseconds; a slow disk may take seconds to sync.
constexpr int busy_timeout_milliseconds = 15'000;

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::conflict;
    case SQLITE_PERM:
    case SQLITE_AUTH: return ErrorCode::permission;
    default: return ErrorCode::io;
  }
}

std::string hint_of(int sqlite_code, const std::string& path) {
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL: return "free some space and run the same command again; finished work is kept";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return "check the owner and the permissions of the folder and of the file";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process holds the journal: wait for it or stop it";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the journal is damaged: restore it from a backup, or move '" + path +
             "' away to begin anew (what was already written stays in the target)";
    case SQLITE_IOERR: return "check the disk (system log) and the space that is left";
    default: return {};
  }
}

}  // namespace

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(double value) {
  sqlite3_bind_double(handle_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  // SQLITE_TRANSIENT: SQLite copies, so that the caller need not keep the text. An empty view may have no data pointer.
  sqlite3_bind_text64(handle_.get(), ++bound_, value.empty() ? "" : value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Result<bool> Statement::step() {
  const int result = sqlite3_step(handle_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  auto failed = database_->failure();
  sqlite3_reset(handle_.get());
  return failed;
}

Result<void> Statement::run() {
  TRY(step());
  sqlite3_reset(handle_.get());
  bound_ = 0;
  return {};
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

Result<Database> Database::open(const std::string& path, Access access) {
  Database database;
  database.path_ = path;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (access == Access::read_only) flags |= SQLITE_OPEN_READONLY;
  if (access == Access::recover) flags |= SQLITE_OPEN_READWRITE;
  if (access == Access::read_write) flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  database.handle_.reset(handle);
  if (result != SQLITE_OK) return database.failure();
  sqlite3_busy_timeout(handle, busy_timeout_milliseconds);
  // A rollback journal, not WAL: a reader needs no shared-memory file (so that reporting verbs can work in a folder they may
  // not write), one file is all there is to copy, and network file systems work. With TRUNCATE, SQLite syncs the emptied
  // journal file, so that a commit is durable when it returns (with DELETE only synchronous=EXTRA would promise that).
  if (access == Access::read_write) TRY(database.execute("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL"));
  if (access == Access::recover) TRY(database.execute("PRAGMA synchronous = FULL"));
  TRY(database.execute("PRAGMA foreign_keys = ON"));
  return database;
}

Result<void> Database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  statement.database_ = this;
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr) != SQLITE_OK) return failure();
  statement.handle_.reset(handle);
  return statement;
}

std::unexpected<Error> Database::failure() const {
  const int code = sqlite3_extended_errcode(handle_.get());
  const int system = sqlite3_system_errno(handle_.get());
  std::string message = "journal '" + path_ + "': " + sqlite3_errmsg(handle_.get());
  // SQLite's own words for these ("disk I/O error", "unable to open database file") hide the reason that the system gave.
  const int kind = code & 0xff;
  if (system != 0 && (kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN)) message += std::string(": ") + std::strerror(system);
  const bool no_space = kind == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT || system == EFBIG);
  return fail(code_of(code), std::move(message), hint_of(no_space ? SQLITE_FULL : code, path_));
}

bool Database::needs_recovery() const {
  const int code = sqlite3_extended_errcode(handle_.get());
  return code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY;
}

Result<Transaction> Transaction::begin(Database& database) {
  // IMMEDIATE: takes the write lock now, so that no later statement of the transaction can find the file busy.
  TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Result<void> Transaction::commit() {
  TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

Transaction::~Transaction() {
  // SQLite has rolled back by itself after some errors (disk full); then there is nothing left to do.
  if (database_ != nullptr && database_->in_transaction()) (void)database_->execute("ROLLBACK");
}

}  // namespace itemize::journal
