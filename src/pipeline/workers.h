// Workers: threads that run ranges until none is left. One worker = one range = one thread, as long as the sink keeps up.
//
// Where it does not, a worker gives its range up, and spoolers read all further ranges into the queue on disk, so that the source's
// snapshot ends early; the workers write from the queue. See docs/decisions/ on the slow target.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "journal/journal.h"
#include "pipeline/duplicate_keys.h"
#include "pipeline/gate.h"
#include "pipeline/gather.h"
#include "pipeline/progress.h"
#include "pipeline/rejects.h"
#include "pipeline/snapshots.h"
#include "sink/sink.h"

namespace itemize::pipeline {

/// How many read the source at once; changed while they run. Thread-safe.
class ReaderSlots {
 public:
  explicit ReaderSlots(int count) : count_(count) {}
  int count() const { return count_.load(); }
  void set(int count) { count_.store(count); }

 private:
  std::atomic<int> count_;
};

struct QueueOptions {
  std::uint64_t most_bytes = 0;                 ///< On disk; 0: no queue, readers wait for the sink.
  std::chrono::milliseconds slow_after{3'000};  ///< A sink that holds a worker up for so long, most of the time, is slow.
};

/// What ranges have joined, each counted once, when it is settled. Thread-safe while it is filled.
struct JoinTally {
  void add(const std::vector<JoinCount>& joined) {
    const std::lock_guard lock(mutex);
    counts.resize(std::max(counts.size(), joined.size()));
    for (std::size_t index = 0; index < joined.size(); ++index) {
      counts[index].found += joined[index].found;
      counts[index].missing += joined[index].missing;
    }
  }
  std::vector<JoinCount> counts;  ///< By Join::number.
  std::mutex mutex;
};

/// What all workers share.
struct WorkShared {
  const Migration& migration;
  Snapshots& snapshots;                                              ///< Ended as soon as everything is read.
  const std::vector<std::unique_ptr<transform::Program>>& programs;  ///< By BoundModel::tables index.
  sink::Sink& sink;
  Rejects& rejects;
  Progress& progress;
  Gate& gate;
  ReaderSlots& slots;
  DuplicateKeys* duplicates = nullptr;
  QueueOptions queue;
  std::shared_ptr<const Related>& related;  ///< Ended with the snapshots; empty where the model has no relations.
  JoinTally& joined;
};

/// Runs the records that are not done and writes each outcome to the journal and into the record. The first Error (a lost snapshot, a
/// full disk, the user) stops all of them; ranges that were finished stay finished. `threads`: at most so many workers.
Result<void> run_workers(const WorkShared& shared, std::vector<journal::RangeRecord>& records, int threads, std::stop_token stop);

}  // namespace itemize::pipeline
