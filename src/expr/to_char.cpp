#include "expr/to_char.h"

#include <cstdlib>

#include "base/civil_time.h"
#include "expr/text_basics.h"

namespace itemize::expr {

struct MomentParts {
  CivilDate date;     ///< Astronomical years.
  std::int64_t year;  ///< As people count: 1 BC is 1, with `before_christ`.
  std::int64_t day_number;
  int hour, minute, second, micro;
  int day_of_year;
  int weekday;  ///< 0 is Sunday.
  IsoWeek iso;
  bool zoned;
};

namespace {

using Step = TimeFormat::Step;
using Parts = MomentParts;

constexpr std::string_view months[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view roman[] = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"};

std::int64_t as_people_count(std::int64_t year) { return year > 0 ? year : 1 - year; }

Parts take_apart(std::int64_t microseconds, bool zoned) {
  const std::int64_t day = day_of(microseconds);
  const std::int64_t time = microseconds - day * microseconds_per_day;
  const CivilDate date = civil_from_days(day);
  const std::int64_t seconds = time / microseconds_per_second;
  return {date,
          as_people_count(date.year),
          day,
          static_cast<int>(seconds / 3600),
          static_cast<int>(seconds / 60 % 60),
          static_cast<int>(seconds % 60),
          static_cast<int>(time % microseconds_per_second),
          static_cast<int>(day - days_from_civil({date.year, 1, 1})) + 1,
          static_cast<int>(((day + 4) % 7 + 7) % 7),
          iso_week_of(day),
          zoned};
}

void append_number(Buffer& out, std::int64_t value, int width) {
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%0*lld", width, static_cast<long long>(value));
  out.append({text, static_cast<std::size_t>(size)});
}

void ordinal(Buffer& out, std::int64_t value, const Step& step) {
  if (step.ordinal == Step::Ordinal::none) return;
  const std::int64_t last_two = std::llabs(value) % 100;
  const std::int64_t last = last_two % 10;
  const char* const suffix = last_two >= 11 && last_two <= 13 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  append_case(out, suffix, step.ordinal == Step::Ordinal::capital);
}

/// A number filled with zeros to `width` (negative ones are a place wider), unless FM.
void number(Buffer& out, std::int64_t value, int width, const Step& step) {
  append_number(out, value, !step.fill ? 0 : value < 0 && width > 0 ? width + 1 : width);
  ordinal(out, value, step);
}
/// The same, FM or not.
void always(Buffer& out, std::int64_t value, int width, const Step& step) {
  append_number(out, value, width);
  ordinal(out, value, step);
}

void blank_filled(Buffer& out, std::string_view name, std::size_t width, const Step& step) {
  out.append(name);
  for (std::size_t size = name.size(); step.fill && size < width; ++size) out.append(' ');
}

enum class Case : std::uint8_t { upper, title, lower };
template <Case Wanted>
void named(Buffer& out, std::string_view name, std::size_t width, const Step& step) {
  const std::string text = Wanted == Case::title ? std::string(name) : map_case(name, Wanted == Case::upper);
  blank_filled(out, text, width, step);
}

template <Case Wanted>
void month_pattern(const Parts& p, const Step& step, Buffer& out) {
  named<Wanted>(out, months[p.date.month - 1], 9, step);
}
template <Case Wanted>
void short_month(const Parts& p, const Step& step, Buffer& out) {
  named<Wanted>(out, months[p.date.month - 1].substr(0, 3), 0, step);
}
template <Case Wanted>
void weekday(const Parts& p, const Step& step, Buffer& out) {
  named<Wanted>(out, weekdays[p.weekday], 9, step);
}
template <Case Wanted>
void short_weekday(const Parts& p, const Step& step, Buffer& out) {
  named<Wanted>(out, weekdays[p.weekday].substr(0, 3), 0, step);
}
template <Case Wanted>
void roman_month(const Parts& p, const Step& step, Buffer& out) {
  named<Wanted>(out, roman[p.date.month - 1], 4, step);
}

/// Marks of the half day and the era, in the spelling of the pattern.
void half_day(const Parts& p, const Step& step, Buffer& out) {
  const bool dots = step.pattern->name.size() == 4;
  const bool small = step.pattern->name[0] >= 'a';
  append_case(out, p.hour < 12 ? (dots ? "a.m." : "am") : (dots ? "p.m." : "pm"), !small);
}
void era(const Parts& p, const Step& step, Buffer& out) {
  const bool dots = step.pattern->name.size() == 4;
  const bool small = step.pattern->name[0] >= 'a';
  append_case(out, p.date.year <= 0 ? (dots ? "b.c." : "bc") : (dots ? "a.d." : "ad"), !small);
}

void year_with_comma(const Parts& p, const Step& step, Buffer& out) {
  append_number(out, p.year / 1000, 0);
  out.append(',');
  append_number(out, p.year % 1000, 3);
  ordinal(out, p.year, step);
}
void century(const Parts& p, const Step& step, Buffer& out) {
  const std::int64_t value = p.date.year > 0 ? (p.date.year - 1) / 100 + 1 : p.date.year / 100 - 1;
  number(out, value, value >= -99 && value <= 99 ? 2 : 0, step);
}
template <int Digits>
void fraction(const Parts& p, const Step& step, Buffer& out) {
  int value = p.micro;
  for (int digit = Digits; digit < 6; ++digit) value /= 10;
  always(out, value, Digits, step);
}
int hour12(const Parts& p) { return p.hour % 12 == 0 ? 12 : p.hour % 12; }
std::int64_t iso_year(const Parts& p) { return as_people_count(p.iso.year); }
int iso_weekday(const Parts& p) { return (p.weekday + 6) % 7 + 1; }

#define ITEMIZE_NUMBER(expression, width) [](const Parts& p, const Step& step, Buffer& out) { number(out, (expression), (width), step); }
#define ITEMIZE_ALWAYS(expression, width) [](const Parts& p, const Step& step, Buffer& out) { always(out, (expression), (width), step); }
#define ITEMIZE_TEXT(expression)                 \
  [](const Parts& p, const Step&, Buffer& out) { \
    static_cast<void>(p);                        \
    out.append(expression);                      \
  }

// Longer names first: the first that fits is taken. Numbers are also written in small letters.
constexpr TimePattern patterns[] = {
    {"HH24", ITEMIZE_NUMBER(p.hour, 2), true, ReadField::hour24},
    {"HH12", ITEMIZE_NUMBER(hour12(p), 2), true, ReadField::hour12},
    {"HH", ITEMIZE_NUMBER(hour12(p), 2), true, ReadField::hour12},
    {"MI", ITEMIZE_NUMBER(p.minute, 2), true, ReadField::minute},
    {"SSSSS", ITEMIZE_ALWAYS(p.hour * 3600 + p.minute * 60 + p.second, 0), true, ReadField::seconds_of_day},
    {"SSSS", ITEMIZE_ALWAYS(p.hour * 3600 + p.minute * 60 + p.second, 0), true, ReadField::seconds_of_day},
    {"SS", ITEMIZE_NUMBER(p.second, 2), true, ReadField::second},
    {"MS", ITEMIZE_ALWAYS(p.micro / 1000, 3), true, ReadField::milli},
    {"US", ITEMIZE_ALWAYS(p.micro, 6), true, ReadField::micro},
    {"FF1", fraction<1>, true},
    {"FF2", fraction<2>, true},
    {"FF3", fraction<3>, true},
    {"FF4", fraction<4>, true},
    {"FF5", fraction<5>, true},
    {"FF6", fraction<6>, true},
    {"A.M.", half_day, false, ReadField::half_day},
    {"P.M.", half_day, false, ReadField::half_day},
    {"a.m.", half_day, false, ReadField::half_day},
    {"p.m.", half_day, false, ReadField::half_day},
    {"AM", half_day, false, ReadField::half_day},
    {"PM", half_day, false, ReadField::half_day},
    {"am", half_day, false, ReadField::half_day},
    {"pm", half_day, false, ReadField::half_day},
    {"Y,YYY", year_with_comma, true},
    {"IYYY", ITEMIZE_NUMBER(iso_year(p), 4), true},
    {"YYYY", ITEMIZE_NUMBER(p.year, 4), true, ReadField::year},
    {"IYY", ITEMIZE_NUMBER(iso_year(p) % 1000, 3), true},
    {"YYY", ITEMIZE_NUMBER(p.year % 1000, 3), true},
    {"IY", ITEMIZE_NUMBER(iso_year(p) % 100, 2), true},
    {"YY", ITEMIZE_NUMBER(p.year % 100, 2), true, ReadField::short_year},
    {"IDDD", ITEMIZE_NUMBER((p.iso.week - 1) * 7 + iso_weekday(p), 3), true},
    {"ID", ITEMIZE_ALWAYS(iso_weekday(p), 0), true},
    {"IW", ITEMIZE_NUMBER(p.iso.week, 2), true},
    {"I", ITEMIZE_ALWAYS(iso_year(p) % 10, 0), true},
    {"Y", ITEMIZE_ALWAYS(p.year % 10, 0), true},
    {"B.C.", era, false},
    {"A.D.", era, false},
    {"b.c.", era, false},
    {"a.d.", era, false},
    {"BC", era, false},
    {"AD", era, false},
    {"bc", era, false},
    {"ad", era, false},
    {"MONTH", month_pattern<Case::upper>, false, ReadField::month_name},
    {"Month", month_pattern<Case::title>, false, ReadField::month_name},
    {"month", month_pattern<Case::lower>, false, ReadField::month_name},
    {"MON", short_month<Case::upper>, false, ReadField::month_short},
    {"Mon", short_month<Case::title>, false, ReadField::month_short},
    {"mon", short_month<Case::lower>, false, ReadField::month_short},
    {"MM", ITEMIZE_NUMBER(p.date.month, 2), true, ReadField::month},
    {"DAY", weekday<Case::upper>, false},
    {"Day", weekday<Case::title>, false},
    {"day", weekday<Case::lower>, false},
    {"DDD", ITEMIZE_NUMBER(p.day_of_year, 3), true, ReadField::day_of_year},
    {"DD", ITEMIZE_NUMBER(p.date.day, 2), true, ReadField::day},
    {"DY", short_weekday<Case::upper>, false},
    {"Dy", short_weekday<Case::title>, false},
    {"dy", short_weekday<Case::lower>, false},
    {"D", ITEMIZE_ALWAYS(p.weekday + 1, 0), true},
    {"WW", ITEMIZE_NUMBER((p.day_of_year - 1) / 7 + 1, 2), true},
    {"W", ITEMIZE_ALWAYS((p.date.day - 1) / 7 + 1, 0), true},
    {"CC", century, true},
    {"J", ITEMIZE_ALWAYS(p.day_number + 2'440'588, 0), true},
    {"Q", ITEMIZE_ALWAYS((p.date.month - 1) / 3 + 1, 0), true},
    {"RM", roman_month<Case::upper>, false},
    {"rm", roman_month<Case::lower>, false},
    {"TZH", ITEMIZE_TEXT("+00"), false},
    {"tzh", ITEMIZE_TEXT("+00"), false},
    {"TZM", ITEMIZE_TEXT("00"), false},
    {"tzm", ITEMIZE_TEXT("00"), false},
    {"TZ", ITEMIZE_TEXT(p.zoned ? "UTC" : ""), false},
    {"tz", ITEMIZE_TEXT(p.zoned ? "utc" : ""), false},
    {"OF", ITEMIZE_TEXT("+00"), false},
    {"of", ITEMIZE_TEXT("+00"), false},
    {"FX", ITEMIZE_TEXT(""), false},
    {"fx", ITEMIZE_TEXT(""), false},
};
#undef ITEMIZE_NUMBER
#undef ITEMIZE_ALWAYS
#undef ITEMIZE_TEXT

const TimePattern* pattern_at(std::string_view rest) {
  for (const TimePattern& pattern : patterns) {
    if (rest.starts_with(pattern.name)) return &pattern;
    if (!pattern.is_number || rest.size() < pattern.name.size()) continue;
    if (rest.substr(0, pattern.name.size()) == map_case(pattern.name, false)) return &pattern;
  }
  return nullptr;
}

bool takes(std::string_view pattern, std::size_t& at, std::string_view capital, std::string_view small) {
  if (!pattern.substr(at).starts_with(capital) && !pattern.substr(at).starts_with(small)) return false;
  at += capital.size();
  return true;
}

}  // namespace

std::string_view month_name(int month) { return months[month - 1]; }

TimeFormat::TimeFormat(std::string_view pattern) {
  const auto is_separator = [](char byte) { return byte > 0x20 && byte < 0x7F && std::isalnum(static_cast<unsigned char>(byte)) == 0; };
  for (std::size_t at = 0; at < pattern.size();) {
    Step step;
    while (true) {
      if (takes(pattern, at, "FM", "fm"))
        step.fill = false;
      else if (!takes(pattern, at, "TM", "tm"))
        break;
    }
    if (at >= pattern.size()) break;
    step.pattern = pattern_at(pattern.substr(at));
    if (step.pattern != nullptr) {
      at += step.pattern->name.size();
      if (pattern.substr(at).starts_with("TH")) step.ordinal = Step::Ordinal::capital;
      if (pattern.substr(at).starts_with("th")) step.ordinal = Step::Ordinal::small;
      if (step.ordinal != Step::Ordinal::none || pattern.substr(at).starts_with("SP")) at += 2;
    } else if (pattern[at] == '"') {
      for (++at; at < pattern.size() && pattern[at] != '"'; ++at) {
        if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
        step.text += pattern[at];
      }
      if (at < pattern.size()) ++at;
    } else {
      if (pattern[at] == '\\' && at + 1 < pattern.size() && pattern[at + 1] == '"') ++at;
      const std::size_t begin = at;
      next_character(pattern, at);
      step.text = pattern.substr(begin, at - begin);
      step.separator = step.text == " " || is_separator(step.text[0]);
    }
    steps_.push_back(std::move(step));
  }
}

void TimeFormat::write(std::int64_t microseconds, bool zoned, Buffer& out) const {
  const Parts parts = take_apart(microseconds, zoned);
  for (const Step& step : steps_) {
    if (step.pattern == nullptr)
      out.append(step.text);
    else
      step.pattern->write(parts, step, out);
  }
}

Prepared prepare_time_format(std::span<const std::string_view> literals) {
  if (literals[0].size() > 1000) return std::unexpected("to_char: the pattern is too long");
  return std::make_shared<const TimeFormat>(literals[0]);
}

}  // namespace itemize::expr
