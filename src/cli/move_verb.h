// What `load` and `export` share: their options, the progress line, and the report.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/workspace.h"
#include "pipeline/move.h"

namespace itemize::cli {

struct MoveSettings {
  int connections = 0;
  std::uint64_t range_bytes = 32 << 20;
  bool again = false;
  bool frozen = false;
  bool allow_global_lock = false;
  std::optional<std::uint64_t> max_rejects;
};

void add_move_options(CLI::App& app, Common& common, MoveSettings& settings);

/// Runs it with a progress line and prints the report. Status 1 where rows were rejected.
Result<int> run_move(const Common& common, const MoveSettings& settings, Workspace& workspace, pipeline::Destination& destination, std::function<std::string()> more);

/// How many connections: as asked, else one a core, at most four: a source is not ours alone.
int connections_of(const MoveSettings& settings);

}  // namespace itemize::cli
