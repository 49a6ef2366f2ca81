// Protection: watches the source while it is read, and holds the readers back when it has too much to do.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "pipeline/gate.h"
#include "pipeline/migration.h"
#include "pipeline/progress.h"

namespace itemize::pipeline {

struct ProtectionOptions {
  std::vector<std::pair<std::string, double>> max_load;      ///< --max-load Threads_running=25
  std::optional<std::chrono::seconds> max_replica_lag;       ///< --max-replica-lag 10s
  std::optional<std::chrono::seconds> max_snapshot_age;      ///< --max-snapshot-age 2h
  std::chrono::milliseconds interval{1000};

  bool any() const { return !max_load.empty() || max_replica_lag || max_snapshot_age; }
};

/// Looks every `interval` from a thread of its own, from construction to destruction. Readers go on where a figure cannot be had
/// (a note is said once). Everything given must outlive it.
class Protection {
 public:
  /// Looks once before it returns: a figure that the engine does not have is an Error now, not a note later.
  static Result<std::unique_ptr<Protection>> start(const Migration& migration, ProtectionOptions options, Gate& gate, Progress& progress);
  ~Protection();
  /// Stops the run when the snapshot is too old; give its token to move().
  std::stop_token stop_token() const;
  /// Why it stopped the run; nothing where it did not.
  std::optional<Error> verdict() const;

 private:
  struct State;
  explicit Protection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// "25" of "Threads_running=25"; "10s", "5m", "2h" as seconds. Errors say what is wrong with the text.
Result<std::pair<std::string, double>> parse_max_load(const std::string& text);
Result<std::chrono::seconds> parse_duration(const std::string& text);

}  // namespace itemize::pipeline
