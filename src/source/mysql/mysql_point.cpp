#include <thread>

#include "source/mysql/snapshot_point.h"

namespace itemize::source::mysql {
namespace {

/// Whether GTIDs witness every commit: with gtid_mode=ON and a binary log each transaction owns one from before its first flush to the
/// log until after its commit in the engine, and from then on it is in gtid_executed.
Result<std::string> why_gtids_are_no_witness(Connection& control) {
  if (control.version() < 50700) return std::string("before MySQL 5.7 a transaction that commits does not show its GTID");
  const std::vector<TextRow> rows = TRY(control.query("SELECT @@GLOBAL.log_bin, @@GLOBAL.gtid_mode"));
  const auto value = [&](std::size_t column) { return rows.empty() ? std::string() : rows[0].at(column).value_or(""); };
  if (value(0) != "1") return std::string("its binary log is off");
  if (value(1) != "ON") return "it has no GTIDs (gtid_mode is " + value(1) + ")";
  return std::string();
}

constexpr std::string_view executed_query = "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '')";
constexpr std::string_view owned_query = "SELECT @@GLOBAL.gtid_owned";

/// One try. A transaction that commits in the engine between the first and the last START TRANSACTION owned its GTID before that and
/// has it in gtid_executed after: owned first or executed later, in that order of asking, shows it.
Result<bool> start_between_commits(Connection& control, Members members, std::string& executed) {
  const std::string owned_before = TRY(single_value(control, owned_query));
  executed = TRY(single_value(control, executed_query));
  if (!owned_before.empty()) return false;
  TRY(start_transactions(members));
  const std::string owned_after = TRY(single_value(control, owned_query));
  return owned_after.empty() && TRY(single_value(control, executed_query)) == executed;
}

/// One connection is always at one point; only where that lies in the log cannot be told exactly.
Result<SnapshotPoint> start_one(Connection& control, Members members, bool gtids) {
  SnapshotPoint point;
  point.position = TRY(binlog_status(control));
  if (gtids) point.position = {.gtid = TRY(single_value(control, executed_query))};
  point.position.exact = point.position.empty();
  TRY(start_transactions(members));
  return point;
}

}  // namespace

Result<Attempt> try_mysql_lock_free(Connection& control, Members members) {
  Attempt attempt;
  const std::string no_witness = TRY(why_gtids_are_no_witness(control));
  if (!no_witness.empty()) {
    if (members.size() == 1) attempt.point = TRY(start_one(control, members, false));
    attempt.why_not = no_witness;
    attempt.instead = "switch GTIDs on (gtid_mode=ON)";
    return attempt;
  }
  // With one connection the exact position is only a convenience: not worth much waiting.
  const auto patience = members.size() == 1 ? std::chrono::seconds(1) : lock_free_patience;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (int tries = 1;; ++tries) {
    std::string executed;
    if (TRY(start_between_commits(control, members, executed))) {
      SnapshotPoint point;
      point.position.gtid = std::move(executed);
      if (members.size() > 1)
        point.note = std::to_string(members.size()) + " snapshots between two commits, as GTIDs prove, without a lock" +
                     (tries > 1 ? ", at try " + std::to_string(tries) : "");
      attempt.point = std::move(point);
      return attempt;
    }
    if (std::chrono::steady_clock::now() > deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (members.size() == 1) attempt.point = TRY(start_one(control, members, true));
  attempt.why_not = "it commits so often that in " + std::to_string(patience.count()) + " seconds no " + std::to_string(members.size()) +
                    " snapshots fell between two commits";
  attempt.instead = "ask for fewer connections, or begin when the server is calmer";
  return attempt;
}

}  // namespace itemize::source::mysql
