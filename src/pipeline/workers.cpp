#include "pipeline/workers.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "pipeline/destination.h"
#include "pipeline/range_job.h"
#include "pipeline/spool.h"
#include "sink/files/manifest.h"

namespace itemize::pipeline {
namespace {

using journal::RangeRecord;
using journal::RangeState;

/// A range is read again where its own connection was lost but the snapshot lives on.
constexpr int most_attempts = 5;
/// How often a thread looks whether it may read, without being woken: slots are changed from outside.
constexpr auto look_again = std::chrono::milliseconds(200);

class Workers {
 public:
  Workers(const WorkShared& shared, std::vector<RangeRecord>& records, std::stop_token stop) : shared_(shared) {
    for (RangeRecord& record : records) {
      if (record.state == RangeState::pending) pending_.push_back(&record);
      if (record.state != RangeState::spooled) continue;
      queued_.push_back(&record);
      queued_bytes_ += record.bytes;
    }
    shared.progress.queued_bytes.store(queued_bytes_);
    for (const model::BoundTable& table : shared.migration.bound->tables)
      contexts_.push_back(shared.snapshots.by_source.empty() ? expr::Context{} : shared.snapshots.context(table));
    forward_.emplace(stop, [this] { request_stop(); });
  }

  Result<void> run(int threads) {
    {
      std::vector<std::jthread> workers;
      const std::size_t count = std::min(static_cast<std::size_t>(std::max(1, threads)), pending_.size() + queued_.size());
      most_spoolers_ = std::max<std::size_t>(1, std::min(count, pending_.size()));
      if (pending_.empty()) {
        shared_.snapshots.by_source.clear();
        shared_.related.reset();
      }
      working_ = count;
      for (std::size_t index = 0; index < count; ++index) workers.emplace_back([this] { work(); });
      watch();
    }
    spoolers_.clear();  // joins
    if (failure_) return std::unexpected(std::move(*failure_));
    return {};
  }

 private:
  enum class Task : std::uint8_t { read, drain, none };

  // ---- what is to be done; under mutex_

  bool may_read() const { return !pending_.empty() && readers_ < shared_.slots.count(); }
  bool everything_read() const { return pending_.empty() && readers_ == 0; }

  RangeRecord* take(std::deque<RangeRecord*>& from) {
    RangeRecord* record = from.front();
    from.pop_front();
    return record;
  }

  /// What a worker does next; waits while others may still leave something for it.
  Task next_task(RangeRecord*& record) {
    std::unique_lock lock(mutex_);
    while (!stop_.stop_requested()) {
      if (!queued_.empty()) {
        record = take(queued_);
        return Task::drain;
      }
      if (!slow_ && may_read()) {
        record = take(pending_);
        ++readers_;
        return Task::read;
      }
      if (everything_read()) return Task::none;
      changed_.wait_for(lock, look_again);
    }
    if (!failure_ && (!pending_.empty() || !queued_.empty() || readers_ > 0)) failure_ = Error{ErrorCode::cancelled, "stopped", "", {}};
    return Task::none;
  }

  /// The same for a spooler: it only reads, and only while the queue has room.
  RangeRecord* next_to_spool() {
    std::unique_lock lock(mutex_);
    while (!stop_.stop_requested() && !everything_read()) {
      const bool room = queued_bytes_ < shared_.queue.most_bytes;
      if (room)
        shared_.gate.open("queue");
      else
        shared_.gate.close("queue", "the queue on disk is full: the source waits for the target");
      if (may_read() && room) {
        ++readers_;
        RangeRecord* record = take(pending_);
        if (doubled_.erase(record) > 0) finishing_.erase(record);
        return record;
      }
      changed_.wait_for(lock, look_again);
    }
    return nullptr;
  }

  /// A range is not read any more. The last one ends the snapshot.
  void reading_done() {
    const std::lock_guard lock(mutex_);
    --readers_;
    changed_.notify_all();
  }

  // ---- ranges that are read directly to their end, and wait for the sink to take the last of their items

  /// With a slow sink such a range goes into the queue as well: only what is there outlives this process without its source.
  void finishing(RangeRecord& record) {
    const std::lock_guard lock(mutex_);
    finishing_.insert(&record);
    if (slow_) double_it(&record);
  }
  /// Under mutex_.
  void double_it(RangeRecord* record) {
    pending_.push_back(record);
    doubled_.insert(record);
  }
  /// Whether the range is still ours to finish: false where a spooler has taken it over.
  bool settle_directly(RangeRecord& record) {
    const std::lock_guard lock(mutex_);
    if (finishing_.erase(&record) == 0) return false;
    if (doubled_.erase(&record) > 0) std::erase(pending_, &record);
    return true;
  }
  void release_snapshots() {
    Snapshots ended;
    std::shared_ptr<const Related> related;
    {
      const std::lock_guard lock(mutex_);
      if (!everything_read() || shared_.snapshots.by_source.empty()) return;
      ended = std::move(shared_.snapshots);
      shared_.snapshots.by_source.clear();
      related = std::exchange(shared_.related, nullptr);
      shared_.progress.snapshot_since.store(0);
      if (slow_)
        shared_.progress.say("the source is read and let go; " + std::to_string(queued_.size()) +
                             (queued_.size() == 1 ? " range waits" : " ranges wait") + " in the queue on disk");
    }
  }

  // ---- threads

  void work() {
    RangeRecord* record = nullptr;
    for (Task task = next_task(record); task != Task::none; task = next_task(record)) {
      if (!keep(task == Task::drain ? drain(*record) : read(*record))) break;
    }
    const std::lock_guard lock(mutex_);
    --working_;
    changed_.notify_all();
  }

  /// Until the workers have ended: nobody reads although there is something to read, because all wait for the sink to take the
  /// last of their ranges.
  void watch() {
    std::unique_lock lock(mutex_);
    auto reading = std::chrono::steady_clock::now();
    while (working_ > 0) {
      changed_.wait_for(lock, look_again);
      const auto now = std::chrono::steady_clock::now();
      if (readers_ > 0 || pending_.empty() || shared_.slots.count() == 0) reading = now;
      if (shared_.queue.most_bytes > 0 && !slow_ && now - reading >= shared_.queue.slow_after) let_spoolers_read();
    }
  }

  void spool() {
    while (RangeRecord* record = next_to_spool())
      if (!keep(spool_one(*record))) return;
  }

  /// False where the work is over: what others say after the first Error is an echo, they were stopped.
  bool keep(Result<void> done) {
    if (done) return true;
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::move(done).error();
    }
    request_stop();
    return false;
  }

  void request_stop() {
    stop_.request_stop();
    changed_.notify_all();
  }

  // ---- one range

  struct Prepared {
    source::Range range;
    std::size_t table = 0;
  };
  Result<Prepared> prepare(const RangeRecord& record) {
    source::Range range = TRY(source::Range::from_json(record.range_json));
    const model::BoundTable* table = table_of(*shared_.migration.bound, record.source, range);
    if (table == nullptr)
      return fail(ErrorCode::conflict, "the model does not read the table " + record.table + " any more", "run the command with --again");
    return Prepared{std::move(range), static_cast<std::size_t>(table - shared_.migration.bound->tables.data())};
  }
  RangeJob job_of(const Prepared& prepared) {
    const model::BoundTable& table = shared_.migration.bound->tables[prepared.table];
    return {*shared_.migration.bound,
            table,
            *shared_.programs[prepared.table],
            shared_.snapshots.of(table),
            contexts_[prepared.table],
            shared_.duplicates,
            nullptr,
            shared_.related.get()};
  }
  RangeContext context() { return {shared_.rejects, shared_.progress, shared_.gate, stop_.get_token()}; }

  /// Tries again where only the connection was lost. `once` gives the range's result.
  template <class Once>
  std::expected<RangeResult, RangeFailure> with_attempts(const RangeRecord& record, source::Snapshot& snapshot, const Once& once) {
    for (int attempt = 1;; ++attempt) {
      auto result = once();
      if (result || result.error().of != RangeFailure::Of::source) return result;
      if (result.error().error.code != ErrorCode::unavailable || attempt == most_attempts || !snapshot.alive()) return result;
      shared_.progress.say("reading a part of " + record.table + " again: " + result.error().error.message);
      if (auto waited = wait_for(std::chrono::milliseconds(200) * (1 << attempt), stop_.get_token()); !waited)
        return std::unexpected(RangeFailure{std::move(waited).error(), RangeFailure::Of::elsewhere});
    }
  }

  /// Directly into the sink; a slow one makes it a range for the spoolers.
  Result<void> read(RangeRecord& record) {
    bool reading = true;
    const SourceDone source_done = [&](bool gave_up) {
      if (!std::exchange(reading, false)) return;
      if (gave_up)
        give_up(record);
      else
        finishing(record);
      reading_done();
      release_snapshots();
    };
    auto result = read_range(record, source_done);
    source_done(false);  // where it failed before
    const bool ours = settle_directly(record);
    if (result) {
      notice(*result);
      if (ours) return finished(record, *result);
      shared_.rejects.forget(record.id, result->rejects);
      withdraw(shared_.progress, result->told);
      return {};
    }
    if (result.error().of == RangeFailure::Of::slow_sink) return {};
    return std::unexpected(std::move(result).error().error);
  }

  std::expected<RangeResult, RangeFailure> read_range(const RangeRecord& record, const SourceDone& source_done) {
    const Result<Prepared> prepared = prepare(record);
    if (!prepared) return std::unexpected(RangeFailure{prepared.error(), RangeFailure::Of::elsewhere});
    const RangeJob job = job_of(*prepared);
    const SlowSink slow{shared_.queue.most_bytes > 0 ? shared_.queue.slow_after : std::chrono::milliseconds(0)};
    return with_attempts(record, job.snapshot,
                         [&] { return run_range(job, prepared->range, record.id, shared_.sink, context(), slow, source_done); });
  }

  /// The sink is slow: the range is read again, into the queue, by a thread that takes this one's place at the source.
  void give_up(RangeRecord& record) {
    const std::lock_guard lock(mutex_);
    pending_.push_front(&record);
    let_spoolers_read();
  }

  /// Small ranges fit into the sink's window: then it is their ends that take long, while others wait to be read.
  void notice(const RangeResult& result) {
    const std::lock_guard lock(mutex_);
    waited_ += result.waited;
    took_ += result.took;
    if (shared_.queue.most_bytes == 0 || pending_.empty() || waited_ < shared_.queue.slow_after || waited_ < took_ * slow_share) return;
    let_spoolers_read();
  }

  /// Under mutex_.
  void let_spoolers_read() {
    if (!std::exchange(slow_, true)) {
      shared_.progress.say(
          "the target is slower than the source: what is read goes into a queue on disk, so that the source is let go early");
      for (RangeRecord* record : finishing_) double_it(record);
    }
    while (spoolers_.size() < most_spoolers_) spoolers_.emplace_back([this] { spool(); });
    changed_.notify_all();
  }

  Result<void> spool_one(RangeRecord& record) {
    auto result = spool_into_queue(record);
    if (!result) {
      reading_done();
      return std::unexpected(std::move(result).error().error);
    }
    take_over(record, *result);
    record.state = RangeState::spooled;
    record.bytes = result->written.bytes;
    if (Result<void> written = shared_.migration.journal->spool_range(record); !written) {
      reading_done();
      return written;
    }
    {
      const std::lock_guard lock(mutex_);
      queued_.push_back(&record);
      queued_bytes_ += record.bytes;
      shared_.progress.queued_bytes.store(queued_bytes_);
    }
    reading_done();
    release_snapshots();
    return {};
  }

  std::expected<RangeResult, RangeFailure> spool_into_queue(const RangeRecord& record) {
    const Result<Prepared> prepared = prepare(record);
    if (!prepared) return std::unexpected(RangeFailure{prepared.error(), RangeFailure::Of::elsewhere});
    const RangeJob job = job_of(*prepared);
    const std::string path = spool_path(shared_.migration.state_folder, record.id);
    return with_attempts(record, job.snapshot, [&] { return spool_range(job, prepared->range, record.id, path, context()); });
  }

  Result<void> drain(RangeRecord& record) {
    const std::string path = spool_path(shared_.migration.state_folder, record.id);
    DrainResult drained = TRY(drain_range(*shared_.migration.bound, record.id, path, shared_.sink, context()));
    const std::uint64_t file_bytes = record.bytes;
    record.rejects += drained.rejects;
    write_down(record, drained.written);
    TRY(settle(record));
    TRY(remove_file(path));
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= std::min(queued_bytes_, file_bytes);
    shared_.progress.queued_bytes.store(queued_bytes_);
    changed_.notify_all();
    return {};
  }

  // ---- the record

  void take_over(RangeRecord& record, const RangeResult& result) {
    shared_.joined.add(result.joined);
    record.position = result.position;
    record.rows = result.rows;
    record.rejects = result.rejects;
    record.skipped = result.skipped;
  }
  void write_down(RangeRecord& record, const sink::WriteResult& written) {
    record.bytes = written.bytes;
    record.write_units = written.write_units;
    record.items = written.items;
    record.items.resize(shared_.migration.model().items.size());
    record.files_json = sink::files_to_json(written.files);
  }
  Result<void> finished(RangeRecord& record, const RangeResult& result) {
    take_over(record, result);
    write_down(record, result.written);
    return settle(record);
  }
  Result<void> settle(RangeRecord& record) {
    record.finished_at = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    TRY(shared_.migration.journal->finish_range(record));
    record.state = RangeState::done;
    shared_.progress.ranges_done.fetch_add(1);
    shared_.progress.rows_done.fetch_add(record.rows);
    return {};
  }

  const WorkShared& shared_;
  std::vector<expr::Context> contexts_;  // by BoundModel::tables index; kept when the snapshots have ended
  std::stop_source stop_;
  std::optional<std::stop_callback<std::function<void()>>> forward_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<RangeRecord*> pending_;
  std::deque<RangeRecord*> queued_;
  std::set<RangeRecord*> finishing_;
  std::set<RangeRecord*> doubled_;  // of finishing_: in pending_, too
  std::uint64_t queued_bytes_ = 0;
  int readers_ = 0;
  std::size_t working_ = 0;
  bool slow_ = false;
  std::chrono::milliseconds waited_{0};  // for the sink, of all ranges that were read directly
  std::chrono::milliseconds took_{0};
  std::size_t most_spoolers_ = 1;
  std::vector<std::jthread> spoolers_;
  std::optional<Error> failure_;
};

}  // namespace

Result<void> run_workers(const WorkShared& shared, std::vector<RangeRecord>& records, int threads, std::stop_token stop) {
  return Workers(shared, records, stop).run(threads);
}

}  // namespace itemize::pipeline
