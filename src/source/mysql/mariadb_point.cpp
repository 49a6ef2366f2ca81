#include <algorithm>
#include <charconv>
#include <thread>

#include "base/text.h"
#include "source/mysql/snapshot_point.h"

namespace itemize::source::mysql {
namespace {

/// Where the member's snapshot stands in the binary log: the session's own, not the server's.
Result<BinlogPosition> snapshot_position(Connection& member) {
  BinlogPosition position;
  for (const TextRow& row : TRY(member.query("SHOW STATUS LIKE 'binlog_snapshot_%'"))) {
    const std::string name = lower(row.at(0).value_or(""));
    const std::string value = row.at(1).value_or("");
    if (name == "binlog_snapshot_file") position.file = value;
    if (name == "binlog_snapshot_position") std::from_chars(value.data(), value.data() + value.size(), position.offset);
  }
  return position;
}

/// Whether the binary log sees every change that this server makes.
Result<std::string> why_log_is_no_witness(Connection& control) {
  const std::vector<TextRow> rows = TRY(control.query("SELECT @@log_bin, @@log_slave_updates, @@gtid_slave_pos"));
  const auto value = [&](std::size_t column) { return rows.empty() ? std::string() : rows[0].at(column).value_or(""); };
  if (value(0) != "1") return std::string("its binary log is off");
  if (value(1) != "1" && !value(2).empty())
    return std::string("it is a replica that does not log what it replicates (log_slave_updates is off)");
  return std::string();
}

Result<void> add_gtid(Connection& control, BinlogPosition& position) {
  const Result<std::string> gtid =
      single_value(control, "SELECT BINLOG_GTID_POS('" + position.file + "', " + std::to_string(position.offset) + ")");
  if (gtid)
    position.gtid = *gtid;
  else if (control.lost())
    return std::unexpected(gtid.error());
  return {};
}

}  // namespace

Result<Attempt> try_mariadb_lock_free(Connection& control, Members members) {
  Attempt attempt;
  const std::string no_witness = TRY(why_log_is_no_witness(control));
  if (!no_witness.empty() && members.size() > 1) {
    attempt.why_not = no_witness;
    attempt.instead = "switch the binary log on (log_bin, log_slave_updates)";
    return attempt;
  }
  const auto deadline = std::chrono::steady_clock::now() + lock_free_patience;
  int tries = 0;
  while (true) {
    ++tries;
    TRY(start_transactions(members));
    SnapshotPoint point;
    if (no_witness.empty()) point.position = TRY(snapshot_position(*members.front()));
    bool same = true;
    for (std::size_t index = 1; index < members.size(); ++index) {
      const BinlogPosition other = TRY(snapshot_position(*members[index]));
      if (other.file != point.position.file || other.offset != point.position.offset) same = false;
    }
    if (same) {
      if (!point.position.file.empty()) TRY(add_gtid(control, point.position));
      if (members.size() > 1)
        point.note = std::to_string(members.size()) + " snapshots at one position of the binary log, without a lock" +
                     (tries > 1 ? ", at try " + std::to_string(tries) : "");
      attempt.point = std::move(point);
      return attempt;
    }
    if (std::chrono::steady_clock::now() > deadline) {
      attempt.why_not = "it commits so often that in " + std::to_string(lock_free_patience.count()) + " seconds no " +
                        std::to_string(members.size()) + " snapshots fell between two commits";
      attempt.instead = "ask for fewer connections, or begin when the server is calmer";
      return attempt;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace itemize::source::mysql
