// Running one range: source -> transform -> sink. A range is a value and its result is a value; no workspace is needed for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/duplicate_keys.h"
#include "pipeline/gate.h"
#include "pipeline/progress.h"
#include "pipeline/rejects.h"
#include "pipeline/wide_reader.h"
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
  DuplicateKeys* duplicates = nullptr;     ///< Keys that several rows have, where the model says what to do with them.
  const model::BoundItem* only = nullptr;  ///< Of the table's item types only this one is written.
  const Related* related = nullptr;        ///< Where rows that are joined to the table's come from; none where the model has no relations.
};

struct RangeResult {
  std::string position;  ///< Where it was read.
  std::uint64_t rows = 0;
  std::uint64_t skipped = 0;  ///< Not wanted (`where`), or expired, by item type and row.
  std::uint64_t rejects = 0;
  sink::WriteResult written;
  std::chrono::milliseconds waited{0};  ///< For the sink,
  std::chrono::milliseconds took{0};    ///< of so much in all.
  std::vector<JoinCount> joined;        ///< By Join::number; empty where the table has no relations.
  ProgressCounts told;                  ///< What stands in Progress for it.
};

/// An Error, and where it arose.
struct RangeFailure {
  enum class Of : std::uint8_t {
    source,     ///< The range may be read again where the snapshot still lives.
    elsewhere,  ///< The sink, a disk, the user.
    slow_sink,  ///< No error: the sink holds the source up, and the range was given up so that it can be spooled.
  };
  Error error;
  Of of = Of::elsewhere;
};

/// What a run is held back by, told to, and stopped by.
struct RangeContext {
  Rejects& rejects;
  Progress& progress;
  Gate& gate;
  std::stop_token stop;
};

/// When to give a range up because the sink is slow: it took most of the time, and at least so long. Zero: never.
inline constexpr double slow_share = 0.7;  ///< "Most of the time".
struct SlowSink {
  std::chrono::milliseconds at_least{0};
};

/// Called once, when a range's source is not read any more, which may be long before its end: it is read, or given up.
using SourceDone = std::function<void(bool gave_up)>;

/// Reads the whole range and writes its items; what `sink.open` made is durable when this returns.
std::expected<RangeResult, RangeFailure> run_range(const RangeJob& job, const source::Range& range, std::int64_t range_id, sink::Sink& sink,
                                                   const RangeContext& context, SlowSink slow, const SourceDone& source_done);

/// Reads the whole range into a file of the queue. Nothing is in the sink yet: written.items is empty, written.bytes the file's size.
std::expected<RangeResult, RangeFailure> spool_range(const RangeJob& job, const source::Range& range, std::int64_t range_id,
                                                     const std::string& path, const RangeContext& context);

/// What was written from the queue, and how many of its items the sink refused.
struct DrainResult {
  sink::WriteResult written;
  std::uint64_t rejects = 0;
};
/// Writes what spool_range left. Needs no source. The file stays.
Result<DrainResult> drain_range(const model::BoundModel& model, std::int64_t range_id, const std::string& path, sink::Sink& sink,
                                const RangeContext& context);

}  // namespace itemize::pipeline
