// PaddedText: short fixed text that is copied in whole 16-byte steps, for the hot path.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace itemize::transform {

/// Immutable text with its last step filled up. For names and braces, where a call of memcpy costs more than the bytes.
class PaddedText {
 public:
  static constexpr std::size_t step = 16;

  PaddedText() = default;
  explicit PaddedText(std::string_view text) : bytes_(text), size_(text.size()) { bytes_.resize((size_ + step - 1) / step * step); }

  std::string_view view() const { return {bytes_.data(), size_}; }
  /// Room that copy_to() needs: up to a step more than the text.
  std::size_t room() const { return bytes_.size(); }
  char* copy_to(char* to) const {
    const char* const from = bytes_.data();
    for (std::size_t at = 0; at < bytes_.size(); at += step) std::memcpy(to + at, from + at, step);
    return to + size_;
  }

 private:
  std::string bytes_;
  std::size_t size_ = 0;
};

}  // namespace itemize::transform
