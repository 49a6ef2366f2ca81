#include "source/mysql/snapshot_point.h"

#include <charconv>

#include "source/mysql/server_error.h"

namespace itemize::source::mysql {
namespace {

std::unexpected<Error> needs_lock(std::size_t connections, const Attempt& attempt) {
  return fail(ErrorCode::permission,
              std::to_string(connections) + " connections cannot be brought to one point of this server without a lock: " + attempt.why_not,
              "use --connections 1 (needs no lock); or " + attempt.instead +
                  "; or allow a lock that holds up writers for a moment: --allow-global-lock");
}

}  // namespace

Result<std::string> single_value(Connection& connection, std::string_view sql) {
  const std::vector<TextRow> rows = TRY(connection.query(sql));
  if (rows.empty() || rows.front().empty()) return std::string();
  return rows.front().front().value_or("");
}

Result<BinlogPosition> binlog_status(Connection& control) {
  // SHOW MASTER STATUS was renamed in MySQL 8.2 and is gone in 8.4.
  const bool renamed = !control.is_mariadb() && control.version() >= 80200;
  const Result<std::vector<TextRow>> rows = control.query(renamed ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS");
  BinlogPosition position;
  if (!rows) {
    if (control.lost()) return std::unexpected(rows.error());
    return position;  // no privilege: the position is told by GTID, or not at all
  }
  if (rows->empty() || rows->front().size() < 2) return position;
  position.file = rows->front()[0].value_or("");
  const std::string offset = rows->front()[1].value_or("0");
  std::from_chars(offset.data(), offset.data() + offset.size(), position.offset);
  return position;
}

Result<void> start_transactions(Members members) {
  for (const std::unique_ptr<Connection>& member : members) TRY(member->send("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"));
  for (const std::unique_ptr<Connection>& member : members) TRY(member->receive());
  return {};
}

Result<SnapshotPoint> take_point(Connection& control, Members members, const SnapshotOptions& options) {
  const Attempt attempt = TRY(control.is_mariadb() ? try_mariadb_lock_free(control, members) : try_mysql_lock_free(control, members));
  if (attempt.point) return *attempt.point;
  if (!options.allow_global_lock) return needs_lock(members.size(), attempt);
  return take_under_lock(control, members, attempt);
}

}  // namespace itemize::source::mysql
