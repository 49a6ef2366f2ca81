// Intervals from text: PostgreSQL's input forms.
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/text_basics.h"
#include "expr/time_units.h"

namespace itemize::expr {
namespace {

/// A number with what stands behind its point: fractions are carried into smaller units, each in its own way.
struct Amount {
  std::int64_t whole = 0;
  double fraction = 0;  ///< With the number's sign.
};

/// The sum of the parts, wide enough that none overflows before the end.
struct Sum {
  double months = 0;
  double days = 0;
  double microseconds = 0;
  std::uint32_t seen = 0;  ///< Units as bits: none comes twice.

  bool add(const Amount& amount, Unit unit) {
    const std::uint32_t bit = 1U << static_cast<unsigned>(unit);
    if ((seen & bit) != 0) return false;
    seen |= bit;
    const auto whole = static_cast<double>(amount.whole);
    const auto add_months = [&](double each) { months += whole * each + std::nearbyint(amount.fraction * each); };
    const auto add_days = [&](double each) {
      const double extra = amount.fraction * each;
      days += whole * each + std::trunc(extra);
      microseconds += std::nearbyint((extra - std::trunc(extra)) * 86'400e6);
    };
    const auto add_time = [&](double each) { microseconds += whole * each + std::nearbyint(amount.fraction * each); };
    switch (unit) {
      case Unit::millennium:
        add_months(12'000);
        break;
      case Unit::century:
        add_months(1200);
        break;
      case Unit::decade:
        add_months(120);
        break;
      case Unit::year:
        add_months(12);
        break;
      case Unit::month:
        months += whole;
        days += std::trunc(amount.fraction * 30);
        microseconds += std::nearbyint((amount.fraction * 30 - std::trunc(amount.fraction * 30)) * 86'400e6);
        break;
      case Unit::week:
        add_days(7);
        break;
      case Unit::day:
        add_days(1);
        break;
      case Unit::hour:
        add_time(3600e6);
        break;
      case Unit::minute:
        add_time(60e6);
        break;
      case Unit::second:
        add_time(1e6);
        break;
      case Unit::millisecond:
        add_time(1e3);
        break;
      case Unit::microsecond:
        add_time(1);
        break;
      default:
        return false;
    }
    return true;
  }

  std::optional<row::Interval> result(bool ago) const {
    constexpr double narrow = 2147483647.0;
    if (std::fabs(months) > narrow || std::fabs(days) > narrow || std::fabs(microseconds) > 9.2e18) return std::nullopt;
    const int sign = ago ? -1 : 1;
    return row::Interval{sign * static_cast<std::int64_t>(microseconds), sign * static_cast<std::int32_t>(days),
                         sign * static_cast<std::int32_t>(months)};
  }
};

std::optional<Amount> amount(std::string_view& text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  Amount result;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, result.whole);
  if (digits > 0 && error != std::errc()) return std::nullopt;
  std::size_t size = digits;
  if (size < text.size() && text[size] == '.') {
    const std::size_t point = size++;
    while (size < text.size() && text[size] >= '0' && text[size] <= '9') ++size;
    if (size == point + 1 && digits == 0) return std::nullopt;
    if (size > point + 1) std::from_chars(text.data() + point, text.data() + size, result.fraction, std::chars_format::fixed);
  }
  if (size == 0) return std::nullopt;
  text.remove_prefix(size);
  if (minus) {
    result.whole = -result.whole;
    result.fraction = -result.fraction;
  }
  return result;
}

/// "P1Y2M3DT4H5M6.7S"
std::optional<row::Interval> parse_iso(std::string_view text) {
  Sum sum;
  bool time = false;
  text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    if (text.front() == 'T' && !time) {
      time = true;
      text.remove_prefix(1);
      if (text.empty()) return std::nullopt;
      continue;
    }
    const auto value = amount(text);
    if (!value || text.empty()) return std::nullopt;
    std::optional<Unit> unit;
    switch (text.front()) {
      case 'Y':
        if (!time) unit = Unit::year;
        break;
      case 'M':
        unit = time ? Unit::minute : Unit::month;
        break;
      case 'W':
        if (!time) unit = Unit::week;
        break;
      case 'D':
        if (!time) unit = Unit::day;
        break;
      case 'H':
        if (time) unit = Unit::hour;
        break;
      case 'S':
        if (time) unit = Unit::second;
        break;
      default:
        break;
    }
    text.remove_prefix(1);
    if (!unit || !sum.add(*value, *unit)) return std::nullopt;
  }
  return sum.result(false);
}

void skip_space(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\n' || text.front() == '\r'))
    text.remove_prefix(1);
}

/// "04:05:06.5", "-12:00": a time, signed, of any number of hours.
bool add_clock(Sum& sum, std::string_view word) {
  const bool minus = word.starts_with('-');
  if (minus || word.starts_with('+')) word.remove_prefix(1);
  const std::uint32_t bits =
      1U << static_cast<unsigned>(Unit::hour) | 1U << static_cast<unsigned>(Unit::minute) | 1U << static_cast<unsigned>(Unit::second);
  if ((sum.seen & bits) != 0) return false;
  sum.seen |= bits;
  const auto time = parse_time(word);
  if (!time || *time < 0) return false;
  sum.microseconds += static_cast<double>(minus ? -*time : *time);
  return true;
}

/// "1-2": years and months.
bool add_years_and_months(Sum& sum, std::string_view word) {
  const bool minus = word.starts_with('-');
  if (minus || word.starts_with('+')) word.remove_prefix(1);
  const std::size_t middle = word.find('-');
  int years = 0;
  int months = 0;
  if (std::from_chars(word.data(), word.data() + middle, years).ptr != word.data() + middle || middle == 0 || middle + 1 == word.size())
    return false;
  if (std::from_chars(word.data() + middle + 1, word.data() + word.size(), months).ptr != word.data() + word.size() || months < 0 ||
      months > 11)
    return false;
  const int sign = minus ? -1 : 1;
  return sum.add({sign * years, 0}, Unit::year) && sum.add({sign * months, 0}, Unit::month);
}

}  // namespace

std::optional<row::Interval> parse_interval(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('P')) return parse_iso(text);
  Sum sum;
  bool any = false;
  for (skip_space(text); !text.empty(); skip_space(text), any = true) {
    if (any && map_case(text, false) == "ago") return sum.result(true);
    const std::string_view word = text.substr(0, std::min(text.find_first_of(" \t\n\r"), text.size()));
    if (word.find(':') != std::string_view::npos) {
      if (!add_clock(sum, word)) return std::nullopt;
      text.remove_prefix(word.size());
      continue;
    }
    if (word.find('-', 1) != std::string_view::npos) {
      if (!add_years_and_months(sum, word)) return std::nullopt;
      text.remove_prefix(word.size());
      continue;
    }
    const auto value = amount(text);
    if (!value) return std::nullopt;
    skip_space(text);
    std::size_t length = 0;
    while (length < text.size() && std::isalpha(static_cast<unsigned char>(text[length])) != 0) ++length;
    // Without a unit it is seconds; days where a time follows.
    const std::string_view next = text.substr(0, std::min(text.find(' '), text.size()));
    const std::optional<Unit> unit = length > 0                                 ? unit_named(text.substr(0, length))
                                     : next.find(':') != std::string_view::npos ? Unit::day
                                                                                : Unit::second;
    if (!unit || !sum.add(*value, *unit)) return std::nullopt;
    // Only the last number needs no unit.
    if (length == 0 && *unit == Unit::second && !text.empty()) return std::nullopt;
    text.remove_prefix(length);
  }
  return any ? sum.result(false) : std::nullopt;
}

}  // namespace itemize::expr
