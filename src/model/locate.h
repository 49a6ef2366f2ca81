// Where in the file a byte of a scalar's value stands: through quotes, escapes, folding and block indentation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace itemize::model {

/// The lines of a file, for turning places into bytes and back. The text must outlive it.
class Lines {
 public:
  explicit Lines(std::string_view text);
  /// Byte offset of a place (1-based line, column in code points); npos-safe: clamps to the text's end.
  std::size_t offset(Place place) const;
  Place place(std::size_t offset) const;
  /// Line `number` (1-based) without its end; empty beyond the file.
  std::string_view line(int number) const;
  int count() const { return static_cast<int>(starts_.size()); }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

/// The place of byte `offset` of `text.value`, where `text.place` is where the scalar starts in `file`. Falls back to
/// the scalar's own place where the file does not read as the value does (an alias, a changed file).
Place place_in_scalar(std::string_view file, const Text& text, std::size_t offset);

}  // namespace itemize::model
