// Running one range: source -> transform -> sink. A range is a value and its result is a value; no workspace is needed for it.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/duplicate_keys.h"
#include "pipeline/progress.h"
#include "pipeline/rejects.h"
#include "sink/sink.h"
#include "source/source.h"
#include "transform/transformer.h"

namespace itemize::pipeline {

/// What is the same for all ranges of one source table. Shared by all workers.
struct RangeJob {
  const model::BoundModel& model;
  const model::BoundTable& table;
  const transform::Program& program;
  source::Snapshot& snapshot;
  expr::Context context;
  DuplicateKeys* duplicates = nullptr;  ///< Keys that several rows have, where the model says what to do with them.
};

struct RangeResult {
  std::string position;                 ///< Where it was read.
  std::uint64_t rows = 0;
  std::uint64_t skipped = 0;            ///< Not wanted (`where`), or expired, by item type and row.
  std::uint64_t rejects = 0;
  sink::WriteResult written;
};

/// An Error, and whether the source gave it: then the range may be read again where the snapshot still lives.
struct RangeFailure {
  Error error;
  bool of_source = false;
};

/// Reads the whole range and writes its items; what `sink.open` made is durable when this returns.
std::expected<RangeResult, RangeFailure> run_range(const RangeJob& job, const source::Range& range, std::int64_t range_id, sink::Sink& sink,
                                                   Rejects& rejects, Progress& progress, std::stop_token stop);

}  // namespace itemize::pipeline
