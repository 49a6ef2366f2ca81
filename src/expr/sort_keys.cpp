#include "expr/sort_keys.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/crc32.h"

namespace itemize::expr {
namespace {

/// Exactly `width` digits; the number has no more.
void append_padded(Buffer& out, std::uint64_t value, int width) {
  char* const place = out.reserve(static_cast<std::size_t>(width));
  for (int index = width; index-- > 0; value /= 10) place[index] = static_cast<char>('0' + value % 10);
  out.advance(static_cast<std::size_t>(width));
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
int sortable_integer_width(const row::Type& type) {
  const int bytes = type.length > 0 ? type.length : 8;
  return type.is_unsigned && bytes > 4 ? 20 : sortable_integer_width(bytes);
}

void append_sortable_integer(Buffer& out, std::int64_t value, int width) {
  if (value >= 0) return append_sortable_unsigned(out, static_cast<std::uint64_t>(value), width);
  out.append('n');
  // 10^19 does not fit into 63 bits but into 64: the difference is exact.
  append_padded(out, power_of_ten(width) - (0 - static_cast<std::uint64_t>(value)), width);
}

void append_sortable_unsigned(Buffer& out, std::uint64_t value, int width) {
  out.append('p');
  append_padded(out, value, width);
}

std::string sortable_decimal(const Decimal& number) {
  if (number.is_zero()) return "o";
  std::string digits = number.digits;
  const int exponent = static_cast<int>(digits.size()) - number.scale - 1;  // of the first digit
  digits.erase(digits.find_last_not_of('0') + 1);
  // Six digits of exponent, shifted to be positive: numeric's own range is -16,383 to 131,071.
  char shifted[16];
  std::snprintf(shifted, sizeof shifted, "%06d", exponent + 200'000);
  if (!number.negative) return "p" + (shifted + digits);
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
    if (byte >= '0' && byte <= '9')
      text += static_cast<char>('0' + '9' - byte);
    else if (byte >= 'a' && byte <= 'z')
      text += static_cast<char>('a' + 'z' - byte);
    else
      text += byte == '~' ? '!' : byte;
  }
  // A longer text sorts after its beginning; reversed it must sort before: '~' closes it.
  return text + "~";
}

std::string reversed_real(std::string_view digits) {
  // Hexadecimal digits do not complement letter by letter: their values do.
  std::string text(digits);
  for (char& digit : text) digit = "fedcba9876543210"[digit <= '9' ? digit - '0' : digit - 'a' + 10];
  return text;
}

void append_shard(Buffer& out, std::string_view text, std::int64_t n) {
  int width = 1;
  for (std::int64_t left = (n - 1) / 10; left > 0; left /= 10) ++width;
  append_padded(out, crc32(text) % static_cast<std::uint64_t>(n), width);
}

}  // namespace itemize::expr
