// Hooks: commands of the user's that are run when something happens, with a JSON document on their standard input.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace itemize::cli {

/// on_throttle, on_reject, on_done, on_error.
class Hooks {
 public:
  /// `settings`: "on_done=COMMAND", as --hook takes them. The command goes to /bin/sh -c.
  static Result<Hooks> parse(const std::vector<std::string>& settings);
  bool has(const std::string& event) const { return commands_.contains(event); }
  /// Runs the event's command, if it has one, and waits for it, at most a minute: then it is left to itself. What it prints goes to
  /// standard error. A command that cannot be run or fails is told on standard error; it never stops the run.
  void fire(const std::string& event, json::Object details) const;

 private:
  std::map<std::string, std::string> commands_;
};

}  // namespace itemize::cli
