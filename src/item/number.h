// N: which numbers DynamoDB holds, and how many bytes they count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "item/limits.h"

namespace itemize::item {

enum class NumberFit : std::uint8_t { fits, too_precise, out_of_range };

struct NumberCheck {
  NumberFit fit = NumberFit::fits;
  std::uint32_t size = 0;  ///< Bytes as DynamoDB counts the value.
};

/// Bytes that a number counts whose first significant digit stands at 10^highest and whose last one at 10^lowest.
/// Found by trying DynamoDB Local: 1, plus 1 for each pair of digits (pairs are aligned to the decimal point), plus 1 for a minus. Zero: 1.
constexpr std::uint32_t number_size(int highest, int lowest, bool negative) {
  // An arithmetic shift is the floor of half the exponent: a pair holds the powers 10^(2k+1) and 10^2k.
  return static_cast<std::uint32_t>((highest >> 1) - (lowest >> 1) + 2 + (negative ? 1 : 0));
}

/// A number other than zero whose significant digits stand from 10^highest down to 10^lowest.
constexpr NumberCheck check_span(int highest, int lowest, bool negative) {
  NumberCheck check{NumberFit::fits, number_size(highest, lowest, negative)};
  if (highest - lowest + 1 > number_precision_limit)
    check.fit = NumberFit::too_precise;
  else if (highest > number_highest_exponent || highest < number_lowest_exponent)
    check.fit = NumberFit::out_of_range;
  return check;
}

/// For plain text: [-]digits[.digits], no exponent; trailing zeros do not count as digits. The range is that of the
/// number as a whole: 1.23E-130 fits, though its last digit stands at 10^-132.
NumberCheck check_number(std::string_view plain);

}  // namespace itemize::item
