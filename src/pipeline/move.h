// Move: a whole load or export: which run it continues, its snapshot and ranges, the workers, and the end.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "pipeline/destination.h"
#include "pipeline/gate.h"
#include "pipeline/migration.h"
#include "pipeline/progress.h"
#include "pipeline/workers.h"

namespace itemize::pipeline {

struct MoveOptions {
  int connections = 2;                         ///< Readers of each source, and so workers.
  std::uint64_t range_bytes = 32 << 20;        ///< Of the source, about, that one range has.
  bool again = false;                          ///< Begin anew although the last run was finished.
  bool replace = false;                        ///< What any other run wrote of these item types is out of date; begins anew, too.
  bool frozen = false;                         ///< The source does not change between the attempts of one run.
  bool allow_global_lock = false;
  std::optional<std::uint64_t> max_rejects;
  /// Where the target is slower than the source; see workers.h. Only destinations that may be slow use it.
  std::uint64_t queue_bytes = 0;
  Gate* gate = nullptr;                        ///< What holds the readers back; none: nothing does.
  ReaderSlots* slots = nullptr;                ///< To change the number of readers while it runs; none: `connections`.
  std::stop_token stop;
};

/// Runs to the end, or to the first Error; calling it again carries on. See docs/decisions/ on generations.
///
/// A run whose snapshot is gone (the process died, the connection was lost) starts a new generation of all tables; what only the
/// older one wrote is removed at the end. With `frozen`, finished ranges are kept where the source's counters say the same.
Result<MoveReport> move(const Migration& migration, Destination& destination, const MoveOptions& options, Progress& progress);

/// What the journal knows of the last run of this kind and target, for a dry run.
Result<std::optional<journal::Run>> last_run(const Migration& migration, const Destination& destination);

}  // namespace itemize::pipeline
