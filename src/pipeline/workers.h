// Workers: threads that run ranges, each on its own, until none is left. One worker = one range = one thread.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <vector>

#include "journal/journal.h"
#include "pipeline/duplicate_keys.h"
#include "pipeline/progress.h"
#include "pipeline/rejects.h"
#include "pipeline/snapshots.h"
#include "sink/sink.h"

namespace itemize::pipeline {

/// What all workers share.
struct WorkShared {
  const Migration& migration;
  const Snapshots& snapshots;
  const std::vector<std::unique_ptr<transform::Program>>& programs;  ///< By BoundModel::tables index.
  sink::Sink& sink;
  Rejects& rejects;
  Progress& progress;
  DuplicateKeys* duplicates = nullptr;
};

/// Runs the pending records and writes each outcome to the journal and into the record. The first Error (a lost snapshot, a full
/// disk, the user) stops all of them; ranges that were finished stay finished.
Result<void> run_workers(const WorkShared& shared, std::vector<journal::RangeRecord>& records, int threads, std::stop_token stop);

}  // namespace itemize::pipeline
