#include "source/mysql/status.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/closest.h"
#include "source/mysql/server_error.h"
#include "source/mysql/snapshot_point.h"

namespace itemize::source::mysql {
namespace {

std::optional<double> number_of(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return text.empty() || *end != '\0' ? std::nullopt : std::optional(number);
}

std::string lag_query(const Connection& connection) {
  if (connection.is_mariadb()) return "SHOW ALL SLAVES STATUS";
  return connection.version() >= 80022 ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
}

}  // namespace

Result<double> status_figure(Connection& connection, const std::string& name) {
  const std::vector<TextRow> rows = TRY(connection.query("SHOW GLOBAL STATUS"));
  std::vector<std::string> numbers;
  for (const TextRow& row : rows) {
    const std::string key = row.at(0).value_or("");
    const std::optional<double> number = number_of(row.at(1).value_or(""));
    if (!number) continue;
    if (edit_distance(key, name) == 0) return *number;  // letters' case does not count
    numbers.push_back(key);
  }
  const std::string near = closest(name, numbers);
  return fail(ErrorCode::not_found, "the server has no status variable '" + name + "' that is a number",
              near.empty() ? "SHOW GLOBAL STATUS lists them; Threads_running is the usual one" : "did you mean '" + near + "'?");
}

Result<std::optional<double>> replication_lag(Connection& connection) {
  Result<std::vector<TextRow>> rows = connection.query(lag_query(connection));
  if (!rows) {
    if (connection.last_error() == number::specific_access_denied)
      rows.error().hint = std::string("--max-replica-lag asks the server how far it is behind: GRANT ") +
                          (connection.is_mariadb() && connection.version() >= 100502 ? "REPLICA MONITOR" : "REPLICATION CLIENT") +
                          " ON *.* to the user, or leave it out";
    return std::unexpected(std::move(rows).error().with("asking for the replication's lag"));
  }
  const std::vector<std::string>& names = connection.column_names();
  const auto found = std::ranges::find_if(
      names, [](const std::string& name) { return name == "Seconds_Behind_Master" || name == "Seconds_Behind_Source"; });
  if (found == names.end()) return std::nullopt;
  std::optional<double> slowest;
  for (const TextRow& row : *rows) {
    // NULL: a thread of the replication has stopped, so nobody knows when it will be here.
    const std::optional<std::string>& seconds = row.at(static_cast<std::size_t>(found - names.begin()));
    const double lag = seconds ? number_of(*seconds).value_or(0) : std::numeric_limits<double>::infinity();
    slowest = std::max(slowest.value_or(0), lag);
  }
  return slowest;
}

Result<std::string> change_mark(Connection& connection) {
  if (connection.is_mariadb()) {
    const std::vector<TextRow> rows =
        TRY(connection.query("SELECT @@GLOBAL.log_bin, @@GLOBAL.gtid_binlog_pos, @@GLOBAL.log_slave_updates, @@GLOBAL.gtid_slave_pos"));
    const auto value = [&](std::size_t column) { return rows.empty() ? std::string() : rows[0].at(column).value_or(""); };
    if (value(0) != "1" || (value(2) != "1" && !value(3).empty())) return std::string();
    return "gtid " + value(1);
  }
  const std::vector<TextRow> rows =
      TRY(connection.query("SELECT @@GLOBAL.log_bin, @@GLOBAL.gtid_mode, REPLACE(@@GLOBAL.gtid_executed, '\\n', '')"));
  const auto value = [&](std::size_t column) { return rows.empty() ? std::string() : rows[0].at(column).value_or(""); };
  if (value(0) != "1") return std::string();
  if (value(1) == "ON") return "gtid " + value(2);
  const BinlogPosition position = TRY(binlog_status(connection));
  return position.empty() ? std::string() : position.file + ":" + std::to_string(position.offset);
}

}  // namespace itemize::source::mysql
