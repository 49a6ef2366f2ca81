// For tests of whole runs.
#pragma once

#include <algorithm>
#include <string>

#include "pipeline/move.h"
#include "pipeline/rejects.h"

namespace itemize::pipeline::testing {

inline const std::string bad_text = "\xff is no text";

inline MoveOptions four_threads() {
  MoveOptions options;
  options.connections = 4;
  return options;
}

/// Of an item type's rejects.
inline std::size_t lines_of(const std::string& folder, const std::string& type) {
  const auto text = read_file(Rejects::path_of(folder, type));
  return text ? static_cast<std::size_t>(std::ranges::count(*text, '\n')) : 0;
}

}  // namespace itemize::pipeline::testing
