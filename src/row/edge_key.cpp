#include "row/edge_key.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/decimal.h"
#include "base/text.h"

namespace itemize::row {
namespace {

/// The first byte of a part. Whole numbers take `whole` plus the count of their bytes, negative ones less.
namespace tag {
enum Value : unsigned char {
  whole = 0x20,  // 0x17..0x28
  real = 0x30,
  decimal = 0x31,
  text = 0x40,
  bytes = 0x41,
  uuid = 0x42,
  bits = 0x43,
  date = 0x50,
  time = 0x51,
  time_tz = 0x52,
  timestamp = 0x53,
  timestamp_tz = 0x54,
  interval = 0x55,
};
}  // namespace tag

void append_big_endian(std::uint64_t value, int size, Buffer& out) {
  char* place = out.reserve(8);
  for (int index = 0; index < size; ++index) place[index] = static_cast<char>(value >> (8 * (size - 1 - index)));
  out.advance(static_cast<std::size_t>(size));
}

int bytes_of(std::uint64_t magnitude) { return (std::bit_width(magnitude) + 7) / 8; }

void append_whole(std::uint64_t magnitude, Buffer& out) {
  const int size = bytes_of(magnitude);
  out.append(static_cast<char>(tag::whole + size));
  append_big_endian(magnitude, size, out);
}

/// -(magnitude): the more bytes, the earlier.
void append_negative(std::uint64_t magnitude, Buffer& out) {
  const int size = bytes_of(magnitude);
  out.append(static_cast<char>(tag::whole - size));
  append_big_endian(~magnitude, size, out);
}

void append_integer(std::int64_t value, Buffer& out) {
  if (value >= 0)
    append_whole(static_cast<std::uint64_t>(value), out);
  else
    append_negative(std::uint64_t{0} - static_cast<std::uint64_t>(value), out);
}

void append_ordered(tag::Value first, std::int64_t value, Buffer& out) {
  out.append(static_cast<char>(first));
  append_big_endian(static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63), 8, out);
}

/// A zero byte is followed by 0xFF, the end is 00 01: no part is the beginning of another.
void append_delimited(tag::Value first, std::string_view value, Buffer& out) {
  out.append(static_cast<char>(first));
  while (!value.empty()) {
    const std::size_t zero = value.find('\0');
    out.append(value.substr(0, zero));
    if (zero == std::string_view::npos) break;
    out.append(std::string_view("\0\xFF", 2));
    value.remove_prefix(zero + 1);
  }
  out.append(std::string_view("\0\x01", 2));
}

/// A whole real number is the integer that it is equal to.
void append_real(double value, Buffer& out) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  if (value >= -limit && value < limit && value == std::trunc(value)) return append_integer(static_cast<std::int64_t>(value), out);
  auto pattern = std::bit_cast<std::uint64_t>(std::isnan(value) ? std::nan("") : value);
  pattern = (pattern >> 63) != 0 ? ~pattern : pattern | (std::uint64_t{1} << 63);
  out.append(static_cast<char>(tag::real));
  append_big_endian(pattern, 8, out);
}

/// `plain`: no exponent, no zeros that say nothing.
void append_plain_number(std::string_view plain, Buffer& out) {
  const bool negative = plain.starts_with('-');
  const std::string_view magnitude_text = plain.substr(negative ? 1 : 0);
  std::uint64_t magnitude = 0;
  const auto [end, error] = std::from_chars(magnitude_text.data(), magnitude_text.data() + magnitude_text.size(), magnitude);
  if (error == std::errc() && end == magnitude_text.data() + magnitude_text.size())
    return negative ? append_negative(magnitude, out) : append_whole(magnitude, out);
  append_delimited(tag::decimal, plain, out);
}

bool append_decimal(const Cell& cell, Buffer& out) {
  if (cell.kind == CellKind::decimal_wire) {
    Buffer plain;
    const NumberForm form = append_wire_number(cell.view(), plain);
    if (form == NumberForm::malformed) return false;
    if (form == NumberForm::finite)
      append_plain_number(plain.view(), out);
    else
      append_delimited(tag::decimal, form == NumberForm::nan ? "NaN" : form == NumberForm::infinity ? "Infinity" : "-Infinity", out);
    return true;
  }
  const auto number = parse_decimal(cell.view());
  if (!number) return false;
  if (number->kind == Decimal::Kind::finite)
    append_plain_number(canonical_text(*number), out);
  else
    append_delimited(tag::decimal, text_with_scale(*number), out);
  return true;
}

/// As PostgreSQL compares them: days are 24 hours, months 30 days.
void append_interval(const Interval& value, Buffer& out) {
  constexpr std::int64_t day = 86'400'000'000;
  const __int128 sum = static_cast<__int128>(value.microseconds) + (static_cast<__int128>(value.months) * 30 + value.days) * day;
  out.append(static_cast<char>(tag::interval));
  append_big_endian(static_cast<std::uint64_t>(sum >> 64) ^ (std::uint64_t{1} << 63), 8, out);
  append_big_endian(static_cast<std::uint64_t>(sum), 8, out);
}

/// A text that SQLite's numeric affinity takes for a number becomes one. Others: false.
bool append_text_as_number(std::string_view value, Buffer& out) {
  value = trimmed(value);
  if (value.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
  std::string_view unsigned_part = value;
  if (unsigned_part.starts_with('+') || unsigned_part.starts_with('-')) unsigned_part.remove_prefix(1);
  if (unsigned_part.empty() || unsigned_part.starts_with('+') || unsigned_part.starts_with('-')) return false;
  const std::string_view digits = value.starts_with('+') ? value.substr(1) : value;
  std::int64_t integer = 0;
  if (const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), integer);
      error == std::errc() && end == digits.data() + digits.size()) {
    append_integer(integer, out);
    return true;
  }
  const std::string copy(digits);
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size()) return false;
  append_real(number, out);
  return true;
}

void append_folded_text(std::string_view value, const EdgeSide& side, Buffer& out) {
  if (side.drops_trailing_spaces)
    while (value.ends_with(' ')) value.remove_suffix(1);
  if (side.folds_ascii_case)
    append_delimited(tag::text, lower(value), out);
  else
    append_delimited(tag::text, value, out);
}

bool append_text(const Cell& cell, const EdgeSide& side, Buffer& out) {
  if (side.to_number && append_text_as_number(cell.view(), out)) return true;
  append_folded_text(cell.view(), side, out);
  return true;
}

}  // namespace

bool append_edge_part(const Cell& cell, const EdgeSide& side, Buffer& out) {
  switch (cell.kind) {
    case CellKind::boolean:
    case CellKind::int64:
      append_integer(cell.i, out);
      return true;
    case CellKind::uint64:
      append_whole(cell.u, out);
      return true;
    case CellKind::float32:
    case CellKind::float64:
      append_real(cell.d, out);
      return true;
    case CellKind::decimal_text:
    case CellKind::decimal_wire:
      return append_decimal(cell, out);
    case CellKind::text:
    case CellKind::json:
      return append_text(cell, side, out);
    case CellKind::bytes:
      append_delimited(tag::bytes, cell.view(), out);
      return true;
    case CellKind::bits:
      append_delimited(tag::bits, cell.view(), out);
      return true;
    case CellKind::uuid:
      out.append(static_cast<char>(tag::uuid));
      out.append(cell.view());
      return true;
    case CellKind::date:
      append_ordered(tag::date, cell.i, out);
      return true;
    case CellKind::time:
      append_ordered(tag::time, cell.i, out);
      return true;
    case CellKind::time_tz:
      append_ordered(tag::time_tz, cell.i, out);
      append_big_endian(cell.size, 4, out);
      return true;
    case CellKind::timestamp:
      append_ordered(tag::timestamp, cell.i, out);
      return true;
    case CellKind::timestamp_tz:
      append_ordered(tag::timestamp_tz, cell.i, out);
      return true;
    case CellKind::interval:
      append_interval(*cell.interval, out);
      return true;
    case CellKind::null:
    case CellKind::array:
    case CellKind::composite:
    case CellKind::map:
    case CellKind::range:
    case CellKind::invalid:
      return false;
  }
  return false;
}

}  // namespace itemize::row
