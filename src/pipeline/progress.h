// Progress: what a run has done so far, counted by its workers and read by whoever shows it.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace itemize::pipeline {

/// What one run of a range adds.
struct ProgressCounts {
  std::uint64_t rows = 0;
  std::uint64_t items = 0;
  std::uint64_t item_bytes = 0;
  std::uint64_t rejects = 0;
};

/// Thread-safe. What a run of a range counted is taken back where it came to nothing (a lost connection, a slow target), so that no row
/// counts twice: the counters can go back.
struct Progress {
  std::atomic<std::uint64_t> rows{0};        ///< Read from the source.
  std::atomic<std::uint64_t> items{0};       ///< Handed to the sink.
  std::atomic<std::uint64_t> item_bytes{0};  ///< As DynamoDB counts them.
  std::atomic<std::uint64_t> rejects{0};
  std::atomic<std::uint64_t> ranges_done{0};
  std::atomic<std::uint64_t> rows_done{0};       ///< Of ranges that are finished, those of earlier processes too.
  std::atomic<std::uint64_t> ranges{0};          ///< Of the generation.
  std::atomic<std::uint64_t> estimated_rows{0};  ///< Of the generation, as the source guesses.

  std::atomic<std::int64_t> snapshot_since{0};  ///< steady_clock's count when it was taken; 0: none is held.
  std::atomic<std::uint64_t> queued_bytes{0};   ///< In the queue on disk.

  /// What is being done, in words ("reading", "removing 12 items of the older generation").
  void set_phase(std::string phase) {
    const std::lock_guard lock(mutex_);
    phase_ = std::move(phase);
  }
  std::string phase() const {
    const std::lock_guard lock(mutex_);
    return phase_;
  }
  /// Something the user should read, once ("generation 2: the snapshot of the first is gone").
  void say(std::string text) {
    const std::lock_guard lock(mutex_);
    notes_ += text + "\n";
  }
  std::string take_notes() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notes_, {});
  }

 private:
  mutable std::mutex mutex_;
  std::string phase_;
  std::string notes_;
};

/// Takes counts back.
inline void withdraw(Progress& progress, const ProgressCounts& counts) {
  progress.rows.fetch_sub(counts.rows, std::memory_order_relaxed);
  progress.items.fetch_sub(counts.items, std::memory_order_relaxed);
  progress.item_bytes.fetch_sub(counts.item_bytes, std::memory_order_relaxed);
  progress.rejects.fetch_sub(counts.rejects, std::memory_order_relaxed);
}

}  // namespace itemize::pipeline
