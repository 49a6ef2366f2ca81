// What `load` and `export` share: their options, the progress line, and the report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/supervision.h"
#include "cli/workspace.h"
#include "pipeline/move.h"

namespace itemize::cli {

struct MoveSettings {
  int connections = 0;
  std::uint64_t range_bytes = 32 << 20;
  bool again = false;
  bool replace = false;                          ///< load only
  bool frozen = false;
  bool allow_global_lock = false;
  std::optional<std::uint64_t> max_rejects;
  std::vector<std::string> max_load;             ///< As written: protection.h parses them.
  std::string max_replica_lag;
  std::string max_snapshot_age;
  std::vector<std::string> hooks;
  std::optional<std::uint64_t> queue_bytes;      ///< load only
};

void add_move_options(Arguments& arguments, Common& common, MoveSettings& settings);

/// Runs it with a progress line, protected and controllable, and prints the report. Status 1 where rows were rejected.
Result<int> run_move(const Common& common, const MoveSettings& settings, Workspace& workspace, pipeline::Destination& destination, SinkLink link);

/// How many connections: as asked, else one a core, at most four: a source is not ours alone.
int connections_of(const MoveSettings& settings);

}  // namespace itemize::cli
