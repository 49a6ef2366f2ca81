#include "source/postgres/snapshot_position.h"

#include <chrono>
#include <thread>

namespace itemize::source::postgres {
namespace {

constexpr auto longest_wait = std::chrono::milliseconds(250);
constexpr auto pause = std::chrono::milliseconds(10);
constexpr std::string_view what = "reading the position in the log";

/// Of the transactions in $1, those that run still and have not been idle. (pg_stat_activity hides other users' sessions from a role
/// without pg_read_all_stats: then they are merely waited for.)
constexpr std::string_view unsettled_query =
    "SELECT count(*) FROM pg_catalog.txid_snapshot_xip(pg_catalog.txid_current_snapshot()) AS s(xid) WHERE s.xid = ANY ($1::bigint[]) AND "
    "NOT EXISTS ("
    "SELECT FROM pg_catalog.pg_stat_activity a WHERE a.backend_xid = (s.xid % 4294967296)::text::xid AND a.state LIKE 'idle in "
    "transaction%')";

}  // namespace

Result<std::string> read_position(Connection& connection) {
  const Rows rows =
      TRY(connection.query("SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE "
                           "pg_catalog.pg_current_wal_flush_lsn() END, pg_catalog.pg_is_in_recovery()",
                           what));
  std::string position = rows.text(0, 0);
  if (rows.boolean(0, 1)) return position;
  const Rows running = TRY(connection.query(
      "SELECT coalesce(array_agg(xid), '{}') FROM pg_catalog.txid_snapshot_xip(pg_catalog.txid_current_snapshot()) AS s(xid)", what));
  if (running.view(0, 0) == "{}") return position;
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  for (;;) {
    const Rows left = TRY(connection.query(std::string(unsettled_query), {running.text(0, 0)}, what));
    if (left.integer(0, 0) == 0 || std::chrono::steady_clock::now() >= deadline) return position;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace itemize::source::postgres
