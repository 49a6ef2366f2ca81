#include "item/number_text.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>

namespace itemize::item {
namespace {

/// More than any number that fits needs: a sign, "0." or 126 places, 130 zeros, 38 digits.
constexpr std::size_t plain_room = 256;

/// A memcpy of few bytes, without the call.
char* copy_short(char* to, const char* from, int count) {
  const auto size = static_cast<std::size_t>(count);
  if (size >= 16) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
  return to + size;
}

/// Digits (no zero at either end) whose first stands at 10^highest, as plain text. The number must fit.
char* plain(char* to, const char* digits, int count, int highest, bool negative) {
  if (negative) *to++ = '-';
  if (highest < 0) {
    *to++ = '0';
    *to++ = '.';
    for (int zero = -1; zero > highest; --zero) *to++ = '0';
    return copy_short(to, digits, count);
  }
  const int whole = highest + 1 < count ? highest + 1 : count;
  to = copy_short(to, digits, whole);
  for (int zero = count; zero <= highest; ++zero) *to++ = '0';
  if (whole == count) return to;
  *to++ = '.';
  return copy_short(to, digits + whole, count - whole);
}

NumberText append_digits(const char* digits, int count, int highest, bool negative, Buffer& out) {
  NumberText result{NumberForm::finite, check_span(highest, highest - count + 1, negative)};
  if (result.check.fit != NumberFit::fits) return result;
  char* const start = out.reserve(plain_room);
  out.advance(static_cast<std::size_t>(plain(start, digits, count, highest, negative) - start));
  return result;
}

NumberText append_zero(Buffer& out) {
  out.append('0');
  return {NumberForm::finite, {NumberFit::fits, 1}};
}

std::uint16_t big_endian(const char* bytes) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]));
}

/// Numbers of up to four groups (16 digits), which nearly all are: one integer and its power of ten. False: another way, please.
bool append_short_wire(std::string_view wire, Buffer& out, NumberText& result) {
  if (wire.size() < 10 || wire.size() > 16) return false;
  const int count = big_endian(wire.data());
  const int weight = static_cast<std::int16_t>(big_endian(wire.data() + 2));
  const unsigned sign = big_endian(wire.data() + 4);
  const int scale = static_cast<std::int16_t>(big_endian(wire.data() + 6));
  if (wire.size() != 8 + 2 * static_cast<std::size_t>(count) || (sign & ~0x4000U) != 0 || scale < 0) return false;
  std::uint64_t value = 0;
  for (int group = 0; group < count; ++group) {
    const unsigned digits = big_endian(wire.data() + 8 + 2 * group);
    if (digits > 9999) return false;
    value = value * 10'000 + digits;
  }
  if (value == 0) return false;
  int lowest = 4 * (weight - count + 1);
  while (value % 10 == 0) {
    value /= 10;
    ++lowest;
  }
  if (-lowest > scale) return false;  // more digits than the number says it has
  char digits[20];
  const char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const int length = static_cast<int>(end - digits);
  result = append_digits(digits, length, lowest + length - 1, sign != 0, out);
  return true;
}

/// Any finite decimal. Digits are cut only where a check has said that they fit.
NumberText append_decimal(const Decimal& number, Buffer& out) {
  switch (number.kind) {
    case Decimal::Kind::nan:
      return {NumberForm::nan, {}};
    case Decimal::Kind::infinity:
      return {NumberForm::infinity, {}};
    case Decimal::Kind::minus_infinity:
      return {NumberForm::minus_infinity, {}};
    case Decimal::Kind::finite:
      break;
  }
  if (number.digits.empty()) return append_zero(out);
  const std::size_t count = number.digits.find_last_not_of('0') + 1;
  return append_digits(number.digits.data(), static_cast<int>(count), static_cast<int>(number.digits.size()) - number.scale - 1,
                       number.negative, out);
}

/// [-]digits[.digits] as databases print decimals. False: another way, please.
bool append_plain_text(std::string_view text, Buffer& out, NumberText& result) {
  if (text.size() > 64) return false;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  char digits[64];
  int count = 0;   // of digits, without leading zeros
  int last = 0;    // of these, up to the last that is not zero
  int whole = -1;  // of digits before the point
  bool any = false;
  int leading = 0;  // zeros between the point and the first digit that is none
  for (const char byte : text) {
    if (byte == '.' && whole < 0) {
      whole = count;
      continue;
    }
    if (byte < '0' || byte > '9') return false;
    any = true;
    if (byte == '0' && count == 0) {
      leading += whole >= 0 ? 1 : 0;
      continue;
    }
    digits[count++] = byte;
    if (byte != '0') last = count;
  }
  if (!any) return false;
  if (whole < 0) whole = count;
  result = last == 0 ? append_zero(out) : append_digits(digits, last, whole - leading - 1, negative, out);
  return true;
}

/// Most floats in databases are decimals of a few digits. Two decimals of up to 15 digits never are the same double, so one that is this
/// double is the shortest; whether it is, one division tells, which IEEE 754 rounds as reading the decimal would. False: another way,
/// please.
bool append_short_float(double value, Buffer& out, NumberText& result) {
  const double magnitude = std::fabs(value);
  if (magnitude < 1e-6 || magnitude >= 1e9) return false;
  auto millionths = static_cast<std::uint64_t>(std::llrint(magnitude * 1e6));
  if (static_cast<double>(millionths) / 1e6 != magnitude) return false;
  int lowest = -6;
  while (millionths % 10 == 0) {
    millionths /= 10;
    ++lowest;
  }
  char digits[20];
  const int length = static_cast<int>(std::to_chars(digits, digits + sizeof digits, millionths).ptr - digits);
  result = append_digits(digits, length, lowest + length - 1, value < 0, out);
  return true;
}

}  // namespace

std::uint32_t append_integer(std::uint64_t magnitude, bool negative, Buffer& out) {
  char* const start = out.reserve(24);
  char* end = start;
  if (negative && magnitude != 0) *end++ = '-';
  const char* const first = end;
  end = std::to_chars(end, start + 24, magnitude).ptr;
  out.advance(static_cast<std::size_t>(end - start));
  if (magnitude == 0) return 1;
  const char* last = end - 1;
  while (*last == '0') --last;
  return number_size(static_cast<int>(end - first) - 1, static_cast<int>(end - last) - 1, negative);
}

NumberText append_float(double value, bool single, Buffer& out) {
  if (std::isnan(value)) return {NumberForm::nan, {}};
  if (std::isinf(value)) return {value > 0 ? NumberForm::infinity : NumberForm::minus_infinity, {}};
  if (value == 0) return append_zero(out);
  NumberText result;
  if (!single && append_short_float(value, out, result)) return result;
  char text[48];  // d.ddde-xxx, the shortest
  const char* const end =
      single ? std::to_chars(text, text + sizeof text, static_cast<float>(std::fabs(value)), std::chars_format::scientific).ptr
             : std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific).ptr;
  const char* mark = end;
  while (*--mark != 'e') {
  }
  int exponent = 0;
  std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, exponent);
  const int count = mark - text > 1 ? static_cast<int>(mark - text) - 1 : 1;
  if (count > 1) text[1] = text[0];
  return append_digits(count > 1 ? text + 1 : text, count, exponent, value < 0, out);
}

NumberText append_wire(std::string_view wire, Buffer& out) {
  NumberText result;
  if (append_short_wire(wire, out, result)) return result;
  const std::size_t begin = out.size();
  result.form = append_wire_number(wire, out);
  if (result.form != NumberForm::finite) return result;
  result.check = check_number(out.view(begin, out.size() - begin));
  if (result.check.fit != NumberFit::fits) out.truncate(begin);
  return result;
}

NumberText append_decimal_text(std::string_view text, Buffer& out) {
  NumberText result;
  if (append_plain_text(text, out, result)) return result;
  const std::optional<Decimal> number = parse_decimal(text);
  return number ? append_decimal(*number, out) : NumberText{NumberForm::malformed, {}};
}

}  // namespace itemize::item
