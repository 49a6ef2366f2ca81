#include "pipeline/protection.h"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace itemize::pipeline {

using Steady = std::chrono::steady_clock;

struct Protection::State {
  const Migration& migration;
  ProtectionOptions options;
  Gate& gate;
  Progress& progress;
  std::stop_source stop;
  mutable std::mutex mutex;
  std::condition_variable_any changed;
  std::optional<Error> verdict;
  bool complained = false;
  std::jthread thread;

  Result<void> look();
  Result<std::string> load_trouble();
  Result<std::string> lag_trouble();
  void check_age();
  void run(std::stop_token ended);
};

namespace {

std::string number_text(double number) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

void set(Gate& gate, const std::string& who, const std::string& trouble) {
  if (trouble.empty()) gate.open(who);
  else gate.close(who, trouble);
}

}  // namespace

Result<std::string> Protection::State::load_trouble() {
  for (source::Source* source : migration.sources) {
    if (source == nullptr) continue;
    for (const auto& [name, most] : options.max_load) {
      const double now = TRY(source->load_figure(name));
      if (now > most) return "the source's " + name + " is " + number_text(now) + ", more than " + number_text(most);
    }
  }
  return std::string();
}

Result<std::string> Protection::State::lag_trouble() {
  if (!options.max_replica_lag) return std::string();
  for (source::Source* source : migration.sources) {
    if (source == nullptr) continue;
    const std::optional<double> lag = TRY(source->replica_lag());
    if (lag && *lag > static_cast<double>(options.max_replica_lag->count()))
      return "a replica of the source is " + number_text(*lag) + " s behind, more than " + std::to_string(options.max_replica_lag->count()) + " s";
  }
  return std::string();
}

void Protection::State::check_age() {
  const std::int64_t since = progress.snapshot_since;
  if (!options.max_snapshot_age || since == 0) return;
  const auto age = Steady::now() - Steady::time_point(Steady::duration(since));
  if (age < *options.max_snapshot_age) return;
  const std::lock_guard lock(mutex);
  if (verdict) return;
  verdict = Error{ErrorCode::cancelled, "stopped: the source's snapshot is older than " + std::to_string(options.max_snapshot_age->count()) + " s (--max-snapshot-age)",
                  "while it is held, the source cannot clean up old row versions; give more --connections, a higher --rate, or a later hour", {}};
  stop.request_stop();
}

Result<void> Protection::State::look() {
  check_age();
  set(gate, "load", TRY(load_trouble()));
  set(gate, "lag", TRY(lag_trouble()));
  return {};
}

void Protection::State::run(std::stop_token ended) {
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, ended, options.interval, [] { return false; }) && !ended.stop_requested()) {
    lock.unlock();
    if (Result<void> looked = look(); !looked && !std::exchange(complained, true))
      progress.say("the source's load cannot be watched at the moment: " + looked.error().message);
    else if (looked) complained = false;
    lock.lock();
  }
}

Protection::Protection(std::unique_ptr<State> state) : state_(std::move(state)) {}

Protection::~Protection() {
  state_->thread = {};  // asks it to stop, and joins
  state_->gate.open("load");
  state_->gate.open("lag");
}

Result<std::unique_ptr<Protection>> Protection::start(const Migration& migration, ProtectionOptions options, Gate& gate, Progress& progress) {
  std::unique_ptr<State> state(new State{.migration = migration, .options = std::move(options), .gate = gate, .progress = progress});
  TRY_WITH("protecting the source", state->look());
  if (state->options.any()) state->thread = std::jthread([raw = state.get()](std::stop_token ended) { raw->run(ended); });
  return std::unique_ptr<Protection>(new Protection(std::move(state)));
}

std::stop_token Protection::stop_token() const { return state_->stop.get_token(); }

std::optional<Error> Protection::verdict() const {
  const std::lock_guard lock(state_->mutex);
  return state_->verdict;
}

Result<std::pair<std::string, double>> parse_max_load(const std::string& text) {
  const std::size_t equals = text.find('=');
  const char* begin = equals == std::string::npos ? "" : text.c_str() + equals + 1;
  char* end = nullptr;
  const double number = std::strtod(begin, &end);
  if (equals == std::string::npos || equals == 0 || end == begin || *end != '\0' || number < 0)
    return fail(ErrorCode::invalid_input, "--max-load '" + text + "' is not NAME=NUMBER", "--max-load Threads_running=25 (MySQL), --max-load active_sessions=25 (PostgreSQL)");
  return std::pair(text.substr(0, equals), number);
}

Result<std::chrono::seconds> parse_duration(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  const double factor = unit.empty() || unit == "s" ? 1 : unit == "m" || unit == "min" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
  if (end == text.c_str() || factor == 0 || !(number >= 0) || number * factor > 1e9)
    return fail(ErrorCode::invalid_input, "'" + text + "' is no duration", "write 10s, 5m, 2h or 1d");
  return std::chrono::seconds(static_cast<std::int64_t>(number * factor));
}

}  // namespace itemize::pipeline
