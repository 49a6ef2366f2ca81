#include "pipeline/workers.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "pipeline/destination.h"
#include "pipeline/range_job.h"
#include "sink/files/manifest.h"

namespace itemize::pipeline {
namespace {

/// A range is read again where its own connection was lost but the snapshot lives on.
constexpr int most_attempts = 5;

class Workers {
 public:
  Workers(const WorkShared& shared, std::vector<journal::RangeRecord>& records, std::stop_token stop) : shared_(shared) {
    for (journal::RangeRecord& record : records)
      if (record.state == journal::RangeState::pending) pending_.push_back(&record);
    forward_.emplace(stop, [this] { stop_.request_stop(); });
  }

  Result<void> run(int threads) {
    {
      std::vector<std::jthread> workers;
      const std::size_t count = std::min(static_cast<std::size_t>(std::max(1, threads)), pending_.size());
      for (std::size_t index = 0; index < count; ++index) workers.emplace_back([this] { work(); });
    }
    if (failure_) return std::unexpected(std::move(*failure_));
    return {};
  }

 private:
  void work() {
    while (!stop_.stop_requested()) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= pending_.size()) return;
      if (Result<void> done = run_one(*pending_[index]); !done) {
        const std::lock_guard lock(mutex_);
        // What others say after the first is an echo: they were stopped.
        if (!failure_) failure_ = std::move(done).error();
        stop_.request_stop();
        return;
      }
    }
    const std::lock_guard lock(mutex_);
    if (!failure_ && next_.load() < pending_.size()) failure_ = Error{ErrorCode::cancelled, "stopped", "", {}};
  }

  Result<void> run_one(journal::RangeRecord& record) {
    const source::Range range = TRY(source::Range::from_json(record.range_json));
    const model::BoundTable* table = table_of(*shared_.migration.bound, record.source, range);
    if (table == nullptr) return fail(ErrorCode::conflict, "the model does not read the table " + record.table + " any more", "run the command with --again");
    const auto index = static_cast<std::size_t>(table - shared_.migration.bound->tables.data());
    const RangeJob job{*shared_.migration.bound, *table, *shared_.programs[index], shared_.snapshots.of(*table), shared_.snapshots.context(*table), shared_.duplicates};
    for (int attempt = 1;; ++attempt) {
      auto result = run_range(job, range, record.id, shared_.sink, shared_.rejects, shared_.progress, stop_.get_token());
      if (result) return finished(record, *result);
      RangeFailure failure = std::move(result).error();
      const bool again = failure.of_source && failure.error.code == ErrorCode::unavailable && attempt < most_attempts && job.snapshot.alive();
      if (!again) return std::unexpected(std::move(failure.error));
      shared_.progress.say("reading a part of " + record.table + " again: " + failure.error.message);
      TRY(wait_for(std::chrono::milliseconds(200) * (1 << attempt), stop_.get_token()));
    }
  }

  Result<void> finished(journal::RangeRecord& record, const RangeResult& result) {
    record.position = result.position;
    record.rows = result.rows;
    record.rejects = result.rejects;
    record.skipped = result.skipped;
    record.bytes = result.written.bytes;
    record.write_units = result.written.write_units;
    record.items = result.written.items;
    record.items.resize(shared_.migration.model().items.size());
    record.files_json = sink::files_to_json(result.written.files);
    record.finished_at = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    record.state = journal::RangeState::done;
    TRY(shared_.migration.journal->finish_range(record));
    shared_.progress.ranges_done.fetch_add(1);
    shared_.progress.rows_done.fetch_add(record.rows);
    return {};
  }

  const WorkShared& shared_;
  std::vector<journal::RangeRecord*> pending_;
  std::atomic<std::size_t> next_{0};
  std::stop_source stop_;
  std::optional<std::stop_callback<std::function<void()>>> forward_;
  std::mutex mutex_;
  std::optional<Error> failure_;
};

}  // namespace

Result<void> run_workers(const WorkShared& shared, std::vector<journal::RangeRecord>& records, int threads, std::stop_token stop) {
  return Workers(shared, records, stop).run(threads);
}

}  // namespace itemize::pipeline
