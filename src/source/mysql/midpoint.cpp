#include "source/mysql/midpoint.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/civil_time.h"
#include "base/decimal.h"

namespace itemize::source::mysql {
namespace {

using row::Type;
using row::TypeKind;
using Wide = unsigned __int128;

/// low + half of the difference, rounded up to `scale` digits: above low, and high itself where they are neighbours.
std::optional<std::string> middle_of_numbers(const std::string& low, const std::string& high, int scale) {
  const std::optional<Decimal> from = parse_decimal(low);
  const std::optional<Decimal> to = parse_decimal(high);
  if (!from || !to || compare(*from, *to) >= 0) return std::nullopt;
  const std::optional<Decimal> half = divide(subtract(*to, *from), decimal_from(2));
  if (!half) return std::nullopt;
  Decimal middle = add(*from, truncate_to(*half, scale));
  if (compare(middle, *from) <= 0) middle = *to;
  return canonical_text(middle);
}

std::optional<std::string> middle_of_reals(const std::string& low, const std::string& high) {
  const double from = std::strtod(low.c_str(), nullptr);
  const double to = std::strtod(high.c_str(), nullptr);
  const double middle = from / 2 + to / 2;
  if (!(middle > from) || !(middle < to)) return high;
  char digits[48];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, middle).ptr);
}

std::optional<std::string> middle_of_times(const Type& type, const std::string& low, const std::string& high) {
  const auto value = [&](const std::string& text) -> std::optional<std::int64_t> {
    if (type.kind == TypeKind::time) return parse_time(text);
    const std::optional<ParsedTimestamp> parsed = parse_timestamp(text);
    return parsed ? std::optional(parsed->microseconds) : std::nullopt;
  };
  const auto from = value(low);
  const auto to = value(high);
  if (!from || !to || *from >= *to) return std::nullopt;
  std::int64_t unit = type.kind == TypeKind::date ? microseconds_per_day : microseconds_per_second;
  for (int digit = 0; digit < type.precision && type.kind != TypeKind::date && digit < 6; ++digit) unit /= 10;
  std::int64_t middle = *from + (*to - *from) / 2 / unit * unit;
  if (middle <= *from) middle = *to;
  char text[iso_time_capacity];
  char* const end = type.kind == TypeKind::date   ? append_date(text, day_of(middle))
                    : type.kind == TypeKind::time ? append_time(text, middle, 6)
                                                  : append_timestamp(text, middle, 6, false, ' ');
  return std::string(text, end);
}

/// The middle of two strings of digits to a base, as fractions, to so many digits behind what they have in common.
std::vector<std::uint32_t> middle_of_digits(const std::vector<std::uint32_t>& low, const std::vector<std::uint32_t>& high,
                                            std::uint32_t base, std::size_t depth) {
  std::size_t same = 0;
  while (same < low.size() && same < high.size() && low[same] == high[same]) ++same;
  const auto fraction = [&](const std::vector<std::uint32_t>& digits) {
    Wide value = 0;
    for (std::size_t index = same; index < same + depth; ++index)
      value = value * base + (index < digits.size() ? std::min(digits[index], base - 1) : 0);
    return value;
  };
  const Wide from = fraction(low);
  const Wide to = fraction(high);
  if (to <= from + 1) return {};
  Wide middle = from + (to - from) / 2;
  std::vector<std::uint32_t> digits(low.begin(), low.begin() + static_cast<std::ptrdiff_t>(same));
  digits.resize(same + depth);
  for (std::size_t index = same + depth; index-- > same; middle /= base) digits[index] = static_cast<std::uint32_t>(middle % base);
  // Two digits behind the common part cut finely enough; more would only make bounds long.
  while (digits.size() > same + 2 || (digits.size() > same + 1 && digits.back() == 0)) digits.pop_back();
  return digits == low ? std::vector<std::uint32_t>() : digits;
}

std::optional<std::string> middle_of_bytes(const std::string& low, const std::string& high) {
  const auto digits = [](const std::string& text) {
    std::vector<std::uint32_t> bytes;
    for (std::size_t at = 2; at + 1 < text.size(); at += 2)
      bytes.push_back(static_cast<std::uint32_t>(std::strtoul(text.substr(at, 2).c_str(), nullptr, 16)));
    return bytes;
  };
  const std::vector<std::uint32_t> middle = middle_of_digits(digits(low), digits(high), 256, 8);
  if (middle.empty()) return std::nullopt;
  static constexpr char hex[] = "0123456789abcdef";
  std::string text = "\\x";
  for (const std::uint32_t byte : middle) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

/// Code points, ASCII letters small: most collations fold case.
std::vector<std::uint32_t> code_points(const std::string& text) {
  std::vector<std::uint32_t> points;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    std::uint32_t point = lead < 0x80 ? lead : lead < 0xe0 ? lead & 0x1f : lead < 0xf0 ? lead & 0x0f : lead & 0x07;
    for (int more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3; more > 0 && at < text.size(); --more)
      point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
    points.push_back(point >= 'A' && point <= 'Z' ? point + 0x20 : point);
  }
  return points;
}

void append_utf8(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | point >> 6);
    text += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    text += static_cast<char>(0xe0 | (point >> 12 & 0x0f));
    text += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (point & 0x3f));
  }
}

std::optional<std::string> middle_of_texts(const std::string& low, const std::string& high) {
  std::vector<std::uint32_t> from = code_points(low);
  std::vector<std::uint32_t> to = code_points(high);
  const auto ascii = [](const std::vector<std::uint32_t>& points) {
    return std::ranges::all_of(points, [](std::uint32_t point) { return point < 0x80; });
  };
  const bool plain = ascii(from) && ascii(to);
  const std::vector<std::uint32_t> middle = middle_of_digits(from, to, plain ? 0x7f : 0xd800, plain ? 8 : 4);
  if (middle.empty()) return std::nullopt;
  std::string text;
  for (const std::uint32_t point : middle) append_utf8(text, std::max<std::uint32_t>(point, 0x20));
  return text;
}

}  // namespace

std::optional<std::string> midpoint(const Type& type, const std::string& low, const std::string& high) {
  switch (type.kind) {
    case TypeKind::integer:
      return middle_of_numbers(low, high, 0);
    case TypeKind::decimal:
      return middle_of_numbers(low, high, std::max(0, type.scale));
    case TypeKind::float32:
    case TypeKind::float64:
      return middle_of_reals(low, high);
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
      return middle_of_times(type, low, high);
    case TypeKind::bytes:
      return middle_of_bytes(low, high);
    case TypeKind::text:
      return middle_of_texts(low, high);
    case TypeKind::uuid:
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace itemize::source::mysql
