#include "expr/to_char.h"

#include <cstdlib>

#include "base/civil_time.h"
#include "expr/functions.h"

namespace itemize::expr {
namespace {

constexpr std::string_view months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
constexpr std::string_view weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view roman[] = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"};

/// A moment taken apart.
struct Parts {
  std::int64_t year;
  int month;
  int day;
  std::int64_t day_number;
  int hour, minute, second, micro;
  int day_of_year;
  int weekday;  // 0 Sunday
  IsoWeek iso;
  bool utc;
};

Parts take_apart(std::int64_t microseconds, bool utc) {
  const std::int64_t day = day_of(microseconds);
  const std::int64_t time = microseconds - day * microseconds_per_day;
  const CivilDate date = civil_from_days(day);
  const std::int64_t seconds = time / microseconds_per_second;
  return {date.year > 0 ? date.year : date.year - 1, date.month, date.day, day, static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
          static_cast<int>(seconds % 60), static_cast<int>(time % microseconds_per_second), static_cast<int>(day - days_from_civil({date.year, 1, 1})) + 1,
          static_cast<int>(((day + 4) % 7 + 7) % 7), iso_week_of(day), utc};
}

std::string padded(std::int64_t value, int width, bool fill) {
  std::string digits = std::to_string(std::llabs(value));
  if (fill && static_cast<int>(digits.size()) < width) digits.insert(0, static_cast<std::size_t>(width) - digits.size(), '0');
  return value < 0 ? "-" + digits : digits;
}

std::string blank_padded(std::string text, std::size_t width, bool fill) {
  if (fill && text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

enum class Case : std::uint8_t { upper, title, lower };

std::string cased(std::string_view name, Case wanted) {
  if (wanted == Case::title) return std::string(name);
  return map_case(name, wanted == Case::upper);
}

std::string ordinal(std::int64_t value, bool upper) {
  const std::int64_t last_two = std::llabs(value) % 100;
  const std::int64_t last = last_two % 10;
  const char* suffix = last_two >= 11 && last_two <= 13 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return upper ? map_case(suffix, true) : suffix;
}

/// A pattern's text; `number` is set where TH may follow.
struct Rendered {
  std::string text;
  std::optional<std::int64_t> number;
};

struct Pattern {
  std::string_view name;
  Rendered (*render)(const Parts&, bool fill);
};

Rendered digits(std::int64_t value, int width, bool fill) { return {padded(value, width, fill), value}; }
Rendered half_day(const Parts& parts, std::string_view am, std::string_view pm) { return {std::string(parts.hour < 12 ? am : pm), {}}; }
int hour12(const Parts& parts) { return parts.hour % 12 == 0 ? 12 : parts.hour % 12; }
std::int64_t shown_year(const Parts& parts) { return std::llabs(parts.year); }
std::string fraction(const Parts& parts, int count) { return padded(parts.micro, 6, true).substr(0, static_cast<std::size_t>(count)); }

// Longer names first: the first that fits is taken.
constexpr Pattern patterns[] = {
    {"HH24", [](const Parts& p, bool fill) { return digits(p.hour, 2, fill); }},
    {"HH12", [](const Parts& p, bool fill) { return digits(hour12(p), 2, fill); }},
    {"HH", [](const Parts& p, bool fill) { return digits(hour12(p), 2, fill); }},
    {"MI", [](const Parts& p, bool fill) { return digits(p.minute, 2, fill); }},
    {"SSSSS", [](const Parts& p, bool) { return digits(p.hour * 3600 + p.minute * 60 + p.second, 0, false); }},
    {"SSSS", [](const Parts& p, bool) { return digits(p.hour * 3600 + p.minute * 60 + p.second, 0, false); }},
    {"SS", [](const Parts& p, bool fill) { return digits(p.second, 2, fill); }},
    {"MS", [](const Parts& p, bool fill) { return digits(p.micro / 1000, 3, fill); }},
    {"US", [](const Parts& p, bool fill) { return digits(p.micro, 6, fill); }},
    {"FF1", [](const Parts& p, bool) { return Rendered{fraction(p, 1), {}}; }},
    {"FF2", [](const Parts& p, bool) { return Rendered{fraction(p, 2), {}}; }},
    {"FF3", [](const Parts& p, bool) { return Rendered{fraction(p, 3), {}}; }},
    {"FF4", [](const Parts& p, bool) { return Rendered{fraction(p, 4), {}}; }},
    {"FF5", [](const Parts& p, bool) { return Rendered{fraction(p, 5), {}}; }},
    {"FF6", [](const Parts& p, bool) { return Rendered{fraction(p, 6), {}}; }},
    {"A.M.", [](const Parts& p, bool) { return half_day(p, "A.M.", "P.M."); }},
    {"P.M.", [](const Parts& p, bool) { return half_day(p, "A.M.", "P.M."); }},
    {"a.m.", [](const Parts& p, bool) { return half_day(p, "a.m.", "p.m."); }},
    {"p.m.", [](const Parts& p, bool) { return half_day(p, "a.m.", "p.m."); }},
    {"AM", [](const Parts& p, bool) { return half_day(p, "AM", "PM"); }},
    {"PM", [](const Parts& p, bool) { return half_day(p, "AM", "PM"); }},
    {"am", [](const Parts& p, bool) { return half_day(p, "am", "pm"); }},
    {"pm", [](const Parts& p, bool) { return half_day(p, "am", "pm"); }},
    {"Y,YYY", [](const Parts& p, bool fill) {
       const std::int64_t year = shown_year(p);
       return Rendered{padded(year / 1000, 1, fill) + "," + padded(year % 1000, 3, true), year};
     }},
    {"IYYY", [](const Parts& p, bool fill) { return digits(p.iso.year, 4, fill); }},
    {"YYYY", [](const Parts& p, bool fill) { return digits(shown_year(p), 4, fill); }},
    {"IYY", [](const Parts& p, bool fill) { return digits(p.iso.year % 1000, 3, fill); }},
    {"YYY", [](const Parts& p, bool fill) { return digits(shown_year(p) % 1000, 3, fill); }},
    {"IY", [](const Parts& p, bool fill) { return digits(p.iso.year % 100, 2, fill); }},
    {"YY", [](const Parts& p, bool fill) { return digits(shown_year(p) % 100, 2, fill); }},
    {"IDDD", [](const Parts& p, bool fill) { return digits((p.iso.week - 1) * 7 + (p.weekday + 6) % 7 + 1, 3, fill); }},
    {"ID", [](const Parts& p, bool) { return digits((p.weekday + 6) % 7 + 1, 0, false); }},
    {"IW", [](const Parts& p, bool fill) { return digits(p.iso.week, 2, fill); }},
    {"I", [](const Parts& p, bool) { return digits(p.iso.year % 10, 0, false); }},
    {"Y", [](const Parts& p, bool) { return digits(shown_year(p) % 10, 0, false); }},
    {"B.C.", [](const Parts& p, bool) { return Rendered{p.year < 0 ? "B.C." : "A.D.", {}}; }},
    {"A.D.", [](const Parts& p, bool) { return Rendered{p.year < 0 ? "B.C." : "A.D.", {}}; }},
    {"BC", [](const Parts& p, bool) { return Rendered{p.year < 0 ? "BC" : "AD", {}}; }},
    {"AD", [](const Parts& p, bool) { return Rendered{p.year < 0 ? "BC" : "AD", {}}; }},
    {"MONTH", [](const Parts& p, bool fill) { return Rendered{blank_padded(cased(months[p.month - 1], Case::upper), 9, fill), {}}; }},
    {"Month", [](const Parts& p, bool fill) { return Rendered{blank_padded(cased(months[p.month - 1], Case::title), 9, fill), {}}; }},
    {"month", [](const Parts& p, bool fill) { return Rendered{blank_padded(cased(months[p.month - 1], Case::lower), 9, fill), {}}; }},
    {"MON", [](const Parts& p, bool) { return Rendered{cased(months[p.month - 1].substr(0, 3), Case::upper), {}}; }},
    {"Mon", [](const Parts& p, bool) { return Rendered{cased(months[p.month - 1].substr(0, 3), Case::title), {}}; }},
    {"mon", [](const Parts& p, bool) { return Rendered{cased(months[p.month - 1].substr(0, 3), Case::lower), {}}; }},
    {"MM", [](const Parts& p, bool fill) { return digits(p.month, 2, fill); }},
    {"DAY", [](const Parts& p, bool fill) { return Rendered{blank_padded(cased(weekdays[p.weekday], Case::upper), 9, fill), {}}; }},
    {"Day", [](const Parts& p, bool fill) { return Rendered{blank_padded(cased(weekdays[p.weekday], Case::title), 9, fill), {}}; }},
    {"day", [](const Parts& p, bool fill) { return Rendered{blank_padded(cased(weekdays[p.weekday], Case::lower), 9, fill), {}}; }},
    {"DDD", [](const Parts& p, bool fill) { return digits(p.day_of_year, 3, fill); }},
    {"DD", [](const Parts& p, bool fill) { return digits(p.day, 2, fill); }},
    {"DY", [](const Parts& p, bool) { return Rendered{cased(weekdays[p.weekday].substr(0, 3), Case::upper), {}}; }},
    {"Dy", [](const Parts& p, bool) { return Rendered{cased(weekdays[p.weekday].substr(0, 3), Case::title), {}}; }},
    {"dy", [](const Parts& p, bool) { return Rendered{cased(weekdays[p.weekday].substr(0, 3), Case::lower), {}}; }},
    {"D", [](const Parts& p, bool) { return digits(p.weekday + 1, 0, false); }},
    {"WW", [](const Parts& p, bool fill) { return digits((p.day_of_year - 1) / 7 + 1, 2, fill); }},
    {"W", [](const Parts& p, bool) { return digits((p.day - 1) / 7 + 1, 0, false); }},
    {"CC", [](const Parts& p, bool fill) { return digits(p.year > 0 ? (p.year - 1) / 100 + 1 : p.year / 100 - 1, 2, fill); }},
    {"J", [](const Parts& p, bool) { return digits(p.day_number + 2'440'588, 0, false); }},
    {"Q", [](const Parts& p, bool) { return digits((p.month - 1) / 3 + 1, 0, false); }},
    {"RM", [](const Parts& p, bool fill) { return Rendered{blank_padded(std::string(roman[p.month - 1]), 4, fill), {}}; }},
    {"TZH", [](const Parts&, bool) { return Rendered{"+00", {}}; }},
    {"TZM", [](const Parts&, bool) { return Rendered{"00", {}}; }},
    {"TZ", [](const Parts& p, bool) { return Rendered{p.utc ? "UTC" : "", {}}; }},
    {"tz", [](const Parts& p, bool) { return Rendered{p.utc ? "utc" : "", {}}; }},
    {"OF", [](const Parts& p, bool) { return Rendered{p.utc ? "+00" : "+00", {}}; }},
};

/// The pattern at the front of `rest`. Numeric patterns may also be written in small letters.
const Pattern* pattern_at(std::string_view rest) {
  for (const Pattern& pattern : patterns)
    if (rest.starts_with(pattern.name)) return &pattern;
  const std::string upper = map_case(rest.substr(0, 5), true);
  for (const Pattern& pattern : patterns) {
    const bool has_case = pattern.name.starts_with("MON") || pattern.name.starts_with("DAY") || pattern.name == "DY" || pattern.name == "AM" || pattern.name == "PM" ||
                          pattern.name == "RM" || pattern.name == "BC" || pattern.name == "AD" || pattern.name == "TZ";
    if (!has_case && std::string_view(upper).starts_with(pattern.name)) return &pattern;
  }
  return nullptr;
}

}  // namespace

std::string format_time(std::int64_t microseconds, std::string_view pattern, bool utc) {
  const Parts parts = take_apart(microseconds, utc);
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '"') {
      for (++at; at < pattern.size() && pattern[at] != '"'; ++at) {
        if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
        out += pattern[at];
      }
      at += at < pattern.size() ? 1 : 0;
      continue;
    }
    bool fill = true;
    if (pattern.substr(at).starts_with("FM") || pattern.substr(at).starts_with("fm")) {
      fill = false;
      at += 2;
    }
    const Pattern* found = pattern_at(pattern.substr(at));
    if (found == nullptr) {
      if (at < pattern.size()) out += pattern[at++];
      continue;
    }
    at += found->name.size();
    const Rendered rendered = found->render(parts, fill);
    out += rendered.text;
    const std::string_view next = pattern.substr(at, 2);
    if (rendered.number && (next == "TH" || next == "th")) {
      out += ordinal(*rendered.number, next == "TH");
      at += 2;
    }
  }
  return out;
}

}  // namespace itemize::expr
