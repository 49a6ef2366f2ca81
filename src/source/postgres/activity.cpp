#include "source/postgres/activity.h"

#include <algorithm>

#include "base/closest.h"

namespace itemize::source::postgres {
namespace {

struct Figure {
  std::string_view name;
  std::string_view expression;  ///< Over client sessions `a` that are not ours.
};
constexpr Figure figures[] = {
    {"active_sessions", "count(*) FILTER (WHERE a.state = 'active')"},
    {"waiting_sessions", "count(*) FILTER (WHERE a.wait_event_type = 'Lock')"},
    {"sessions", "count(*)"},
    {"longest_transaction_seconds", "coalesce(max(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)), 0)"},
};

constexpr std::string_view privilege_hint = "ask for: GRANT pg_read_all_stats (or pg_monitor) to this user";

}  // namespace

Result<Connection*> Activity::connection() {
  if (connection_ == nullptr || !connection_->usable()) connection_ = TRY(Connection::open(address_, options_));
  return connection_.get();
}

Result<double> Activity::load_figure(const std::string& name) {
  const auto* const figure = std::ranges::find(figures, name, &Figure::name);
  if (figure == std::end(figures)) {
    std::string names;
    std::vector<std::string> known;
    for (const Figure& each : figures) {
      names += (names.empty() ? "" : ", ") + std::string(each.name);
      known.emplace_back(each.name);
    }
    const std::string near = closest(name, known);
    return fail(ErrorCode::not_found, "PostgreSQL has no load figure '" + name + "'",
                near.empty() ? "there are " + names : "did you mean " + near + "? There are " + names);
  }
  const std::scoped_lock lock(mutex_);
  Connection* const asked = TRY(connection());
  // Sessions of others are rows without a backend_type for those who may not see them.
  const Rows rows = TRY(asked->query(
      "SELECT " + std::string(figure->expression) +
          ", count(*) FILTER (WHERE a.backend_type IS NULL) FROM pg_catalog.pg_stat_activity a "
          "WHERE coalesce(a.backend_type, 'client backend') = 'client backend' AND coalesce(a.application_name, '') <> 'itemize'",
      "asking how busy the server is"));
  if (rows.integer(0, 1) > 0)
    return fail(ErrorCode::permission, "the server hides other users' sessions from this user, so its load is not known",
                std::string(privilege_hint));
  return rows.real(0, 0);
}

Result<std::optional<double>> Activity::replica_lag() {
  const std::scoped_lock lock(mutex_);
  Connection* const asked = TRY(connection());
  const std::string_view what = "asking how far replicas are behind";
  if (!TRY(asked->query("SELECT pg_catalog.pg_is_in_recovery()", what)).boolean(0, 0)) return lag_of_standbys(*asked);
  const Rows rows =
      TRY(asked->query("SELECT CASE WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN 0 "
                       "ELSE extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()) END",
                       what));
  if (rows.is_null(0, 0)) return std::nullopt;
  return std::max(0.0, rows.real(0, 0));
}

Result<std::optional<double>> Activity::lag_of_standbys(Connection& connection) {
  const Rows rows =
      TRY(connection.query("SELECT r.pid, r.replay_lsn, extract(epoch FROM r.replay_lag), r.replay_lsn < "
                           "pg_catalog.pg_current_wal_flush_lsn() FROM pg_catalog.pg_stat_replication r "
                           "WHERE r.state IS NULL OR r.state IN ('streaming', 'catchup')",
                           "asking how far replicas are behind"));
  std::optional<double> slowest;
  std::map<std::string, Standby> seen;
  const auto now = std::chrono::steady_clock::now();
  for (int row = 0; row < rows.count(); ++row) {
    if (rows.is_null(row, 1))
      return fail(ErrorCode::permission, "the server hides its replicas' state from this user", std::string(privilege_hint));
    const std::string pid = rows.text(row, 0);
    const auto before = standbys_.find(pid);
    const bool still = before != standbys_.end() && before->second.replayed == rows.view(row, 1) && rows.boolean(row, 3);
    const auto since = still ? before->second.since : now;
    seen.emplace(pid, Standby{rows.text(row, 1), since});
    const double reported = rows.is_null(row, 2) ? 0 : rows.real(row, 2);
    slowest = std::max({slowest.value_or(0), reported, std::chrono::duration<double>(now - since).count()});
  }
  standbys_ = std::move(seen);
  return slowest;
}

Result<std::vector<ChangeCounter>> read_change_counters(Connection& connection) {
  std::vector<ChangeCounter> counters;
  const Rows able = TRY(connection.query("SELECT pg_catalog.current_setting('track_counts')::bool AND NOT pg_catalog.pg_is_in_recovery()",
                                         "reading the tables' counters"));
  if (!able.boolean(0, 0)) return counters;
  const Rows rows =
      TRY(connection.query("SELECT n.nspname, c.relname, (SELECT sum(pg_catalog.pg_stat_get_tuples_inserted(l.oid))::text || '/' || "
                           "sum(pg_catalog.pg_stat_get_tuples_updated(l.oid)) || '/' || "
                           "sum(pg_catalog.pg_stat_get_tuples_deleted(l.oid)) || ' ' || pg_catalog.md5(string_agg(l.oid || ':' || "
                           "l.relfilenode, ',' ORDER BY l.oid)) "
                           "FROM (SELECT c.oid WHERE c.relkind <> 'p' UNION ALL SELECT p.relid::oid FROM pg_catalog.pg_partition_tree(CASE "
                           "WHEN c.relkind = 'p' THEN c.oid END) p WHERE p.isleaf) AS leaf(oid) "
                           "JOIN pg_catalog.pg_class l ON l.oid = leaf.oid AND l.relkind IN ('r', 'm')) "
                           "|| coalesce(' since ' || extract(epoch FROM (SELECT b.stats_reset FROM pg_catalog.pg_stat_bgwriter b)), '') "
                           "|| coalesce(' and ' || extract(epoch FROM (SELECT d.stats_reset FROM pg_catalog.pg_stat_database d WHERE "
                           "d.datname = pg_catalog.current_database())), '') "
                           "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                           "WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND n.nspname !~ '^(pg_|_timescaledb_)' AND "
                           "n.nspname <> 'information_schema' ORDER BY 1, 2",
                           "reading the tables' counters"));
  for (int row = 0; row < rows.count(); ++row)
    if (!rows.is_null(row, 2)) counters.push_back({rows.text(row, 0), rows.text(row, 1), rows.text(row, 2)});
  return counters;
}

}  // namespace itemize::source::postgres
