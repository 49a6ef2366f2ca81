// Supervision: what stands around a running load or export: protection of the source, the control socket, hooks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "cli/hooks.h"
#include "cli/workspace.h"
#include "pipeline/control.h"
#include "pipeline/gate.h"
#include "pipeline/protection.h"
#include "pipeline/workers.h"

namespace itemize::cli {

/// What the sink has to say, and what it may be told. Empty functions where it has nothing.
struct SinkLink {
  std::function<std::string()> text;                              ///< For the progress line.
  std::function<std::string()> throttled_by;                      ///< Empty while it is not.
  std::function<Result<void>(const std::string&)> set_rate;       ///< "500" or "50%"
};

struct SupervisionOptions {
  pipeline::ProtectionOptions protection;
  Hooks hooks;
  int connections = 1;
};

/// From construction to destruction. Everything given must outlive it.
class Supervision {
 public:
  static Result<std::unique_ptr<Supervision>> start(const pipeline::Migration& migration, SupervisionOptions options, SinkLink link, pipeline::Progress& progress, std::stop_token user_stop);
  ~Supervision();

  pipeline::Gate& gate() { return gate_; }
  pipeline::ReaderSlots& slots() { return slots_; }
  /// Stops for the user, for `control stop`, or when the snapshot is too old.
  std::stop_token stop_token() const { return stop_.get_token(); }
  /// The Error to be reported in place of "stopped", where there is a better one.
  std::optional<Error> verdict() const { return protection_ != nullptr ? protection_->verdict() : std::nullopt; }
  /// For the progress line: why it does not go faster.
  std::string held_by() const;
  const Hooks& hooks() const { return options_.hooks; }

 private:
  Supervision(SupervisionOptions options, SinkLink link, pipeline::Progress& progress) : options_(std::move(options)), link_(std::move(link)), progress_(progress), slots_(options_.connections) {}
  pipeline::ControlHandlers handlers();
  std::string status_document() const;
  void watch(std::stop_token ended);

  SupervisionOptions options_;
  SinkLink link_;
  pipeline::Progress& progress_;
  pipeline::Gate gate_;
  pipeline::ReaderSlots slots_;
  std::stop_source stop_;
  std::optional<std::stop_callback<std::function<void()>>> user_stop_;
  std::optional<std::stop_callback<std::function<void()>>> age_stop_;
  std::unique_ptr<pipeline::Protection> protection_;
  std::unique_ptr<pipeline::ControlServer> control_;
  std::jthread watcher_;
};

}  // namespace itemize::cli
