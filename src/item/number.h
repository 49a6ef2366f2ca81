// N: which numbers DynamoDB holds, and how many bytes they count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace itemize::item {

enum class NumberFit : std::uint8_t { fits, too_precise, out_of_range };

struct NumberCheck {
  NumberFit fit = NumberFit::fits;
  std::uint32_t size = 0;   ///< Bytes as DynamoDB counts the value.
};

/// For plain text: [-]digits[.digits], no exponent; trailing zeros do not count as digits.
/// Size, found by trying DynamoDB Local: 1, plus 1 for each pair of significant digits (pairs are aligned to the decimal point),
/// plus 1 for a minus.
NumberCheck check_number(std::string_view plain);

}  // namespace itemize::item
