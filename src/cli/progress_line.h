// The live line of long work: on a terminal one line that is rewritten, elsewhere one plain line every ten seconds.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/command.h"
#include "pipeline/progress.h"

namespace itemize::cli {

/// Shows until destroyed, on standard error, from a thread of its own. `more` adds what the sink has to say ("throttled by ...").
class ProgressLine {
 public:
  ProgressLine(const Common& common, pipeline::Progress& progress, std::function<std::string()> more = {});
  ~ProgressLine();
  /// Seconds since it was made.
  double seconds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace itemize::cli
