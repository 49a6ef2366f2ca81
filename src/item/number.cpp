#include "item/number.h"

#include "item/limits.h"

namespace itemize::item {
namespace {

/// Floor of exponent/2: pairs hold the powers 10^(2k+1) and 10^2k.
int pair_of(int exponent) { return exponent >= 0 ? exponent / 2 : -((-exponent + 1) / 2); }

}  // namespace

NumberCheck check_number(std::string_view plain) {
  const bool negative = !plain.empty() && plain.front() == '-';
  if (negative) plain.remove_prefix(1);
  const std::size_t point = plain.find('.');
  const std::size_t whole = point == std::string_view::npos ? plain.size() : point;
  const auto exponent_at = [&](std::size_t index) {
    return index < whole ? static_cast<int>(whole - 1 - index) : static_cast<int>(whole) - static_cast<int>(index);
  };
  std::size_t first = 0;
  while (first < plain.size() && (plain[first] == '0' || plain[first] == '.')) ++first;
  if (first == plain.size()) return {NumberFit::fits, 1};
  std::size_t last = plain.size() - 1;
  while (plain[last] == '0' || plain[last] == '.') --last;
  const int highest = exponent_at(first);
  const int lowest = exponent_at(last);
  const auto pairs = static_cast<std::uint32_t>(pair_of(highest) - pair_of(lowest) + 1);
  NumberCheck check{NumberFit::fits, pairs + 1 + (negative ? 1U : 0U)};
  if (highest - lowest + 1 > number_precision_limit) check.fit = NumberFit::too_precise;
  else if (highest > number_highest_exponent || highest < number_lowest_exponent || lowest < number_lowest_exponent) check.fit = NumberFit::out_of_range;
  return check;
}

}  // namespace itemize::item
