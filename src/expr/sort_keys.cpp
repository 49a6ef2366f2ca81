#include "expr/sort_keys.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/crc32.h"

namespace itemize::expr {
namespace {

std::string padded(std::uint64_t value, int width) {
  std::string digits = std::to_string(value);
  if (static_cast<int>(digits.size()) < width) digits.insert(0, static_cast<std::size_t>(width) - digits.size(), '0');
  return digits;
}

std::uint64_t power_of_ten(int exponent) {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

/// 0 -> 9, 1 -> 8, ...
std::string nines_complement(std::string digits) {
  for (char& digit : digits) digit = static_cast<char>('0' + '9' - digit);
  return digits;
}

}  // namespace

int sortable_integer_width(int bytes) { return bytes <= 2 ? 5 : bytes <= 4 ? 10 : 19; }

std::string sortable_integer(std::int64_t value, int bytes) {
  const int width = sortable_integer_width(bytes);
  if (value >= 0) return "p" + padded(static_cast<std::uint64_t>(value), width);
  // 10^19 does not fit into 63 bits but into 64: the sum below is exact.
  return "n" + padded(power_of_ten(width) - (0 - static_cast<std::uint64_t>(value)), width);
}

std::string sortable_decimal(const Decimal& number) {
  if (number.is_zero()) return "o";
  std::string digits = number.digits;
  const int exponent = static_cast<int>(digits.size()) - number.scale - 1;  // of the first digit
  digits.erase(digits.find_last_not_of('0') + 1);
  // Six digits of exponent, shifted to be positive: numeric's own range is -16,383 to 131,071.
  const std::string shifted = padded(static_cast<std::uint64_t>(exponent + 200'000), 6);
  if (!number.negative) return "p" + shifted + digits;
  // '~' after the complemented digits: of two negative numbers with a common beginning the longer is the smaller.
  return "n" + nines_complement(shifted) + nines_complement(digits) + "~";
}

std::string sortable_real(double value) {
  if (value == 0) value = 0.0;
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  auto bits = std::bit_cast<std::uint64_t>(value);
  bits = (bits >> 63) != 0 ? ~bits : bits | 1ULL << 63;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
  return text;
}

std::string reversed_order(std::string_view sortable) {
  std::string text;
  for (const char byte : sortable) {
    if (byte >= '0' && byte <= '9') text += static_cast<char>('0' + '9' - byte);
    else if (byte >= 'a' && byte <= 'z') text += static_cast<char>('a' + 'z' - byte);
    else if (byte >= 'A' && byte <= 'Z') text += static_cast<char>('A' + 'Z' - byte);
    else if (byte == '~') text += '!';
    else text += byte;
  }
  // A longer text sorts after its beginning; reversed it must sort before: '~' closes it.
  return text + "~";
}

std::string shard_of(std::string_view text, std::int64_t n) {
  if (n < 1) n = 1;
  const std::string widest = std::to_string(n - 1);
  return padded(crc32(text) % static_cast<std::uint64_t>(n), static_cast<int>(widest.size()));
}

}  // namespace itemize::expr
