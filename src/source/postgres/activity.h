// How busy the server is and how far replicas are behind: what protects a production source from us.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "source/postgres/connection.h"

namespace itemize::source::postgres {

/// Asks over one connection of its own, opened at the first question and again after it broke. Thread-safe.
class Activity {
 public:
  Activity(Address address, Options options) : address_(std::move(address)), options_(std::move(options)) {}

  /// active_sessions, waiting_sessions, sessions, longest_transaction_seconds: of client sessions other than this program's own.
  /// Errors: not_found for another name; permission where the server hides other users' sessions from this one.
  Result<double> load_figure(const std::string& name);
  /// On a primary: the slowest standby's replay lag. PostgreSQL itself reports the lag of what was replayed last; a standby that replays
  /// nothing at all would look well for ever, so one that is behind and does not move is as late as it has been standing still.
  /// On a standby: the age of the last transaction replayed, unless it has replayed all that it received.
  Result<std::optional<double>> replica_lag();

 private:
  Result<Connection*> connection();
  Result<std::optional<double>> lag_of_standbys(Connection& connection);

  struct Standby {
    std::string replayed;
    std::chrono::steady_clock::time_point since;
  };
  Address address_;
  Options options_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  std::map<std::string, Standby> standbys_;  ///< By the pid of their sender.
};

/// One opaque value for each table: the rows inserted, updated and deleted as the statistics count them, the table's files (TRUNCATE and
/// rewrites give new ones), and when the statistics began anew (a reset, a crash). Equal values mean: nothing changed that the statistics
/// have heard of. A session reports its changes within a second or at most ten (15+), or with its next transaction (before 15): a change
/// committed within the last moments before either reading may be missed. Empty on a standby, which counts nothing, and where
/// track_counts is off. Views and foreign tables have none.
Result<std::vector<ChangeCounter>> read_change_counters(Connection& connection);

}  // namespace itemize::source::postgres
