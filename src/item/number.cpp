#include "item/number.h"

namespace itemize::item {

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
  return check_span(exponent_at(first), exponent_at(last), negative);
}

}  // namespace itemize::item
