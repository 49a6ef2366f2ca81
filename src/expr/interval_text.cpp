// Intervals from text.
#include <charconv>
#include <cmath>
#include <string>

#include "base/civil_time.h"
#include "expr/casts.h"

namespace itemize::expr {
namespace {

struct Unit {
  std::string_view name;
  double months;
  double days;
  double microseconds;
};
constexpr Unit units[] = {
    {"microsecond", 0, 0, 1},    {"us", 0, 0, 1},          {"usec", 0, 0, 1},      {"millisecond", 0, 0, 1e3}, {"ms", 0, 0, 1e3},  {"msec", 0, 0, 1e3},
    {"second", 0, 0, 1e6},       {"sec", 0, 0, 1e6},       {"s", 0, 0, 1e6},       {"minute", 0, 0, 6e7},      {"min", 0, 0, 6e7}, {"m", 0, 0, 6e7},
    {"hour", 0, 0, 3.6e9},       {"hr", 0, 0, 3.6e9},      {"h", 0, 0, 3.6e9},     {"day", 0, 1, 0},           {"d", 0, 1, 0},     {"week", 0, 7, 0},
    {"w", 0, 7, 0},              {"month", 1, 0, 0},       {"mon", 1, 0, 0},       {"year", 12, 0, 0},         {"yr", 12, 0, 0},   {"y", 12, 0, 0},
    {"decade", 120, 0, 0},       {"dec", 120, 0, 0},       {"century", 1200, 0, 0}, {"c", 1200, 0, 0},         {"cent", 1200, 0, 0},
    {"millennium", 12000, 0, 0}, {"mil", 12000, 0, 0},     {"centuries", 1200, 0, 0}, {"millennia", 12000, 0, 0},
};

const Unit* unit_named(std::string name) {
  for (char& byte : name) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  for (int plural = 0; plural < 2; ++plural) {
    for (const Unit& unit : units)
      if (unit.name == name) return &unit;
    if (name.size() > 1 && name.back() == 's') name.pop_back();
  }
  return nullptr;
}

/// Adds value units; a fraction of a month is days (30 a month), a fraction of a day is time.
void add(row::Interval& sum, double value, const Unit& unit) {
  const double months = value * unit.months;
  const double whole_months = std::trunc(months);
  const double days = value * unit.days + (months - whole_months) * 30;
  const double whole_days = std::trunc(days);
  sum.months += static_cast<std::int32_t>(whole_months);
  sum.days += static_cast<std::int32_t>(whole_days);
  sum.microseconds += static_cast<std::int64_t>(std::llround(value * unit.microseconds + (days - whole_days) * 86'400e6));
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == ',')) text.remove_prefix(1);
}

std::optional<double> number(std::string_view& text) {
  double value = 0;
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || std::abs(value) > 1e12) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// "P1Y2M3DT4H5M6.7S"
std::optional<row::Interval> parse_iso(std::string_view text) {
  row::Interval sum;
  bool time = false;
  text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    if (text.front() == 'T') {
      time = true;
      text.remove_prefix(1);
      continue;
    }
    const auto value = number(text);
    if (!value || text.empty()) return std::nullopt;
    const char letter = text.front();
    text.remove_prefix(1);
    const std::string_view name = letter == 'Y' ? "year" : letter == 'M' ? (time ? "minute" : "month") : letter == 'W' ? "week" : letter == 'D' ? "day"
                                : letter == 'H' ? "hour" : letter == 'S' ? "second" : "";
    const Unit* unit = unit_named(std::string(name));
    if (unit == nullptr) return std::nullopt;
    add(sum, *value, *unit);
  }
  return sum;
}

}  // namespace

std::optional<row::Interval> parse_interval(std::string_view text) {
  skip_spaces(text);
  if (!text.empty() && text.front() == 'P') return parse_iso(text);
  row::Interval sum;
  bool any = false;
  for (skip_spaces(text); !text.empty(); skip_spaces(text), any = true) {
    if (any && text == "ago") {
      sum = {-sum.microseconds, -sum.days, -sum.months};
      return sum;
    }
    const std::size_t word_end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, word_end);
    if (word.find(':') != std::string_view::npos) {
      const bool plus = word.front() == '+';
      const auto time = parse_time(plus ? word.substr(1) : word);
      if (!time) return std::nullopt;
      sum.microseconds += *time;
      text.remove_prefix(word_end);
      continue;
    }
    const auto value = number(text);
    if (!value) return std::nullopt;
    skip_spaces(text);
    std::size_t length = 0;
    while (length < text.size() && std::isalpha(static_cast<unsigned char>(text[length])) != 0) ++length;
    const Unit* unit = length == 0 ? unit_named("second") : unit_named(std::string(text.substr(0, length)));
    if (unit == nullptr) return std::nullopt;
    text.remove_prefix(length);
    add(sum, *value, *unit);
  }
  return any ? std::optional(sum) : std::nullopt;
}

}  // namespace itemize::expr
