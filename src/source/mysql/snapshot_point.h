// One point of the server for several connections: each kind of server has its own ways to get there, without blocking writers where
// that can be proved, with a short lock where the user has allowed one. docs/sources/mysql.md says the same for people.
#pragma once

#include <span>
#include <string>

#include "source/mysql/connection.h"
#include "source/mysql/position.h"
#include "source/source.h"

namespace itemize::source::mysql {

struct SnapshotPoint {
  BinlogPosition position;
  std::string note;  ///< For people: what was done.
};

/// The connections of one snapshot: at least one.
using Members = std::span<const std::unique_ptr<Connection>>;

/// Opens a consistent, read-only transaction on every member, at one and the same point. `control` is a connection outside of it.
/// Errors: permission where only a lock would do and it is not allowed or not granted; unavailable where the lock cannot be had in time.
Result<SnapshotPoint> take_point(Connection& control, Members members, const SnapshotOptions& options);

// --- parts, each in a file of its own -------------------------------------------------------------------------------------------

/// START TRANSACTION on every member, all asked before the first answer is awaited.
Result<void> start_transactions(Members members);
/// How long lock-free attempts are repeated on a server that commits all the time.
inline constexpr std::chrono::seconds lock_free_patience{20};

/// Why the lock-free way was not possible, where it was not.
struct Attempt {
  std::optional<SnapshotPoint> point;
  std::string why_not;
  std::string instead;  ///< What would make it possible.
};
/// Several snapshots whose binlog_snapshot_position is the same are one point: MariaDB takes them under the lock of ordered commits.
Result<Attempt> try_mariadb_lock_free(Connection& control, Members members);
/// No transaction was committing and none has committed meanwhile, as gtid_owned and gtid_executed tell.
Result<Attempt> try_mysql_lock_free(Connection& control, Members members);

/// Under BACKUP STAGE BLOCK_COMMIT (MariaDB), FLUSH TABLES WITH READ LOCK or LOCK TABLES: commits wait while the transactions start.
Result<SnapshotPoint> take_under_lock(Connection& control, Members members, const Attempt& attempt);

/// File and offset of the binary log, where the user may see them (SHOW BINARY LOG STATUS); empty otherwise.
Result<BinlogPosition> binlog_status(Connection& control);
/// One value of a one-row query; empty for NULL and for no row.
Result<std::string> single_value(Connection& connection, std::string_view sql);

}  // namespace itemize::source::mysql
