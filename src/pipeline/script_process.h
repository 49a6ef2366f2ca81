// ScriptProcess: one running program that answers lines with lines.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "transform/line_program.h"

namespace itemize::pipeline {

/// SIGPIPE must be ignored: it may end while it is written to.
class ScriptProcess : public transform::LineProgram {
 public:
  /// `log_path` empty: its standard error is ours.
  ScriptProcess(const model::Script& script, std::string log_path) : script_(script), log_path_(std::move(log_path)) {}
  ~ScriptProcess() override;
  ScriptProcess(const ScriptProcess&) = delete;

  Result<std::vector<Answer>> ask(std::span<const std::string> lines) override;

 private:
  /// A longer line is no item: DynamoDB's are 400 KB, several hundred of them in one answer are none of our business.
  static constexpr std::size_t most_answer_bytes = 64 * 1024 * 1024;
  static constexpr int most_blamed = 3;

  Result<void> start();
  /// Kills it, and takes its end: "ended with status 1".
  std::string end(bool now);
  /// Sends the lines and takes answers to them; what kept it from answering all of them, or nothing.
  Result<std::optional<std::string>> exchange(std::span<const std::string> lines, std::vector<std::string>& answers);
  bool write_some(std::span<const std::string> lines);
  Result<void> expect_quiet(int milliseconds);
  Result<bool> read_some(std::size_t wanted, std::vector<std::string>& answers);
  bool running() const { return child_ > 0; }

  const model::Script& script_;
  std::string log_path_;
  pid_t child_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
  bool fresh_ = false;      // it has answered nothing yet
  int blamed_ = 0;          // rows, since the last answer
  std::string buffer_;      // of its output: a line that is not whole
  std::size_t line_ = 0;    // that is being written,
  std::size_t offset_ = 0;  // from here
};

}  // namespace itemize::pipeline
