#include <fmt/format.h>

#include "source/mysql/catalog.h"
#include "source/mysql/server_error.h"
#include "source/mysql/snapshot_point.h"

namespace itemize::source::mysql {
namespace {

/// While the lock is waited for, writers queue up behind it: better to give up.
constexpr std::string_view short_wait = "SET SESSION lock_wait_timeout = 5";

/// A way to hold up commits: how to take it, how to give it back, what it is called.
struct Lock {
  std::vector<std::string> take;
  std::string release;
  std::string name;
  std::string privilege;
};

/// True: taken. False: the user may not. An Error: it could not be had in time, or worse.
Result<bool> take(Connection& control, const Lock& lock) {
  for (const std::string& statement : lock.take) {
    Result<void> done = control.execute(statement);
    if (done) continue;
    const unsigned error = control.last_error();
    if (!control.lost()) (void)control.execute(lock.release);
    if (error == number::specific_access_denied || error == number::dbaccess_denied || error == 1142) return false;
    return std::unexpected(std::move(done).error().with("taking " + lock.name));
  }
  return true;
}

Result<std::string> lock_tables_statement(Connection& control) {
  std::string list;
  for (const TextRow& row :
       TRY(control.query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND " +
                         no_system_schema("TABLE_SCHEMA"))))
    list += (list.empty() ? "" : ", ") + quoted(row.at(0).value_or("")) + "." + quoted(row.at(1).value_or("")) + " READ";
  return list.empty() ? std::string() : "LOCK TABLES " + list;
}

Result<std::vector<Lock>> locks_of(Connection& control) {
  std::vector<Lock> locks;
  if (control.is_mariadb() && control.version() >= 100401)
    locks.push_back({{"BACKUP STAGE START", "BACKUP STAGE BLOCK_COMMIT"}, "BACKUP STAGE END", "BACKUP STAGE BLOCK_COMMIT", "RELOAD"});
  else
    locks.push_back({{"FLUSH TABLES WITH READ LOCK"},
                     "UNLOCK TABLES",
                     "FLUSH TABLES WITH READ LOCK",
                     control.version() >= 80000 ? "FLUSH_TABLES or RELOAD" : "RELOAD"});
  // Before MySQL 5.7 this lock lets a transaction that has written already commit under it: no point.
  if (!control.is_mariadb() && control.version() < 50700) return locks;
  if (const std::string statement = TRY(lock_tables_statement(control)); !statement.empty())
    locks.push_back({{statement}, "UNLOCK TABLES", "LOCK TABLES ... READ", "LOCK TABLES"});
  return locks;
}

/// What must happen while commits are held up, and no more.
Result<SnapshotPoint> start_under(Connection& control, Members members, const Lock& lock) {
  SnapshotPoint point;
  const auto begin = std::chrono::steady_clock::now();
  Result<void> started = start_transactions(members);
  Result<BinlogPosition> position = started ? binlog_status(control) : Result<BinlogPosition>(std::unexpected(started.error()));
  Result<std::string> gtid = !position ? Result<std::string>(std::unexpected(position.error()))
                                       : single_value(control, control.is_mariadb() ? "SELECT @@GLOBAL.gtid_binlog_pos"
                                                                                    : "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '')");
  const Result<void> released = control.execute(lock.release);
  const std::chrono::duration<double, std::milli> held = std::chrono::steady_clock::now() - begin;
  TRY(std::move(started));
  point.position = TRY(std::move(position));
  point.position.gtid = TRY(std::move(gtid));
  TRY(released);
  point.note = fmt::format("{} held for {:.1f} ms", lock.name, held.count());
  return point;
}

}  // namespace

Result<SnapshotPoint> take_under_lock(Connection& control, Members members, const Attempt& attempt) {
  TRY(control.execute(short_wait));
  std::string missing;
  for (const Lock& lock : TRY(locks_of(control))) {
    if (TRY(take(control, lock))) return start_under(control, members, lock);
    missing += (missing.empty() ? "" : ", ") + lock.privilege + " (for " + lock.name + ")";
  }
  return fail(ErrorCode::permission,
              std::to_string(members.size()) + " connections cannot be brought to one point of this server without a lock: " +
                  attempt.why_not + "; and user '" + control.address().user + "' lacks the privileges for one: " + missing,
              "use --connections 1 (needs no lock); or GRANT one of these privileges; or " + attempt.instead);
}

}  // namespace itemize::source::mysql
