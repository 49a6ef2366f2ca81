// How the digits of a number are laid into a to_char pattern, place by place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/buffer.h"

namespace itemize::expr {

namespace number_pattern {

enum class Key : std::uint8_t {
  digit,
  zero,
  point,
  comma,
  group,
  currency,
  minus,
  plus,
  sign,
  ordinal_small,
  ordinal_capital,
  roman,
  roman_small,
  silent,
  literal
};

struct Part {
  Key key = Key::literal;
  std::string text;
};

/// Where the sign of S stands.
enum class Side : std::uint8_t { none, before, behind };

/// A compiled pattern: its parts, and what they say about the number as a whole.
struct Format {
  std::vector<Part> parts;
  int whole = 0;       ///< Digits before the point.
  int fraction = 0;    ///< And after it.
  int multiplied = 0;  ///< Digits behind V.
  int zero_start = 0;  ///< The first 0 before the point, counted from 1; 0: there is none.
  int zero_end = 0;
  int digits_before_sign = 0;
  Side side = Side::none;
  bool fill = true;  ///< Not FM.
  bool zeros = false, has_point = false, signs = false, minus = false, plus = false, brackets = false, roman = false, multiplies = false,
       scientific = false, blank = false;
};

/// The digits of a number, as they are to be laid into a pattern.
struct Digits {
  bool negative = false;
  std::string text;  ///< "123.40", or '#' everywhere where the number does not fit.
  int spaces = 0;    ///< Places of the pattern in front of the first digit.
  int fraction = 0;  ///< Digits after the point in the end (fewer for floats that have no more).
};

void lay(const Format& format, const Digits& digits, Buffer& out);

}  // namespace number_pattern
}  // namespace itemize::expr
