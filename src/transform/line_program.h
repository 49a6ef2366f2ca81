// LineProgram: a program of the user's that answers lines with lines. The door through which `script: { exec: ... }` reaches one:
// this room starts no process, whoever makes a transform::Program gives it in.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/model.h"

namespace itemize::transform {

class LineProgram {
 public:
  virtual ~LineProgram() = default;

  /// A line without its end; or why there is none ("the program ended with status 1"): then that line's row is to blame.
  using Answer = std::expected<std::string, std::string>;
  /// One answer for each line, in their order. An Error: the program cannot be used at all.
  virtual Result<std::vector<Answer>> ask(std::span<const std::string> lines) = 0;
};

/// Called once for each worker and item type; thread-safe.
using OpenProgram = std::function<Result<std::unique_ptr<LineProgram>>(const model::ItemType& item)>;

}  // namespace itemize::transform
