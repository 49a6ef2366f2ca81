#include "cli/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "cli/text.h"

namespace itemize::cli {

using Steady = std::chrono::steady_clock;

struct ProgressLine::State {
  pipeline::Progress& progress;
  std::function<std::string()> more;
  bool quiet;
  bool terminal;
  Steady::time_point start = Steady::now();
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  std::uint64_t rows_before = 0;
  std::uint64_t bytes_before = 0;
  Steady::time_point before = Steady::now();
  std::thread thread;

  double seconds() const { return std::chrono::duration<double>(Steady::now() - start).count(); }

  std::string line() {
    const std::uint64_t rows = progress.rows;
    const std::uint64_t bytes = progress.item_bytes;
    const auto now = Steady::now();
    const double passed = std::max(0.001, std::chrono::duration<double>(now - before).count());
    // Counts are taken back where a range is read again.
    const auto since = [](std::uint64_t count, std::uint64_t earlier) { return count > earlier ? count - earlier : 0; };
    const double rate = static_cast<double>(since(rows, rows_before)) / passed;
    std::string text = counted(rows, "row") + ", " + with_commas(static_cast<std::uint64_t>(rate)) + " rows/s, " + counted(progress.items, "item") + ", " +
                       bytes_text(static_cast<std::uint64_t>(static_cast<double>(since(bytes, bytes_before)) / passed)) + "/s";
    rows_before = rows;
    bytes_before = bytes;
    before = now;
    if (progress.ranges > 0) text += ", " + with_commas(progress.ranges_done) + " of " + counted(progress.ranges, "range");
    if (progress.rejects > 0) text += ", " + counted(progress.rejects, "reject");
    if (const std::string extra = more ? more() : ""; !extra.empty()) text += ", " + extra;
    const std::string phase = progress.phase();
    if (!phase.empty()) return phase + " (" + text + ")";
    const double mean = static_cast<double>(rows) / std::max(0.001, seconds());
    const std::uint64_t estimated = progress.estimated_rows;
    const std::uint64_t done = std::max<std::uint64_t>(rows, progress.rows_done);
    if (estimated > done && mean > 0 && seconds() > 2) text += ", about " + duration_text(static_cast<double>(estimated - done) / mean) + " left";
    return text;
  }

  void show(bool last) {
    if (const std::string notes = progress.take_notes(); !notes.empty()) std::fprintf(stderr, "%s%s", terminal ? "\r\033[K" : "", notes.c_str());
    if (quiet) return;
    if (terminal) std::fprintf(stderr, last ? "\r\033[K" : "\r\033[K%s", last ? "" : line().c_str());
    else if (!last) std::fprintf(stderr, "%s\n", line().c_str());
    std::fflush(stderr);
  }

  void run() {
    std::unique_lock lock(mutex);
    const auto pause = terminal ? std::chrono::milliseconds(500) : std::chrono::milliseconds(10'000);
    while (!changed.wait_for(lock, pause, [this] { return ended; })) show(false);
  }
};

ProgressLine::ProgressLine(const Common& common, pipeline::Progress& progress, std::function<std::string()> more)
    : state_(new State{progress, std::move(more), common.quiet, ::isatty(STDERR_FILENO) == 1}) {
  state_->thread = std::thread([this] { state_->run(); });
}

ProgressLine::~ProgressLine() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ended = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
  state_->show(true);
}

double ProgressLine::seconds() const { return state_->seconds(); }

}  // namespace itemize::cli
