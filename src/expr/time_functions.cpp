// Dates, times, intervals.
#include <algorithm>
#include <cmath>
#include <string>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/to_char.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Interval;
using row::Type;
using row::TypeKind;
using Arguments = std::span<const Cell>;
using Types = std::span<const Type>;

bool infinite(const Cell& cell) { return cell.i == row::time_infinity || cell.i == row::time_minus_infinity; }

/// Months first, cut to the last day of the month; then days; then time.
Cell add_interval(Frame& frame, const Cell& cell, const Interval& interval, CellKind kind) {
  if (infinite(cell)) return Cell::make(kind, cell.i);
  const std::int64_t start_day = day_of(cell.i);
  const std::int64_t time = cell.i - start_day * microseconds_per_day;
  CivilDate date = civil_from_days(start_day);
  const std::int64_t month = date.year * 12 + date.month - 1 + interval.months;
  date.year = month >= 0 ? month / 12 : -((-month + 11) / 12);
  date.month = static_cast<int>(month - date.year * 12) + 1;
  date.day = std::min(date.day, days_in_month(date.year, date.month));
  const std::int64_t day = days_from_civil(date) + interval.days;
  std::int64_t result = 0;
  if (std::abs(day) > 110'000'000 || __builtin_add_overflow(day * microseconds_per_day + time, interval.microseconds, &result)) return frame.fail("timestamp out of range");
  return Cell::make(kind, result);
}

Interval negated(const Interval& interval) { return {-interval.microseconds, -interval.days, -interval.months}; }

Cell timestamp_plus(Frame& frame, Arguments arguments, Types) { return add_interval(frame, arguments[0], *arguments[1].interval, arguments[0].kind); }
Cell timestamp_minus(Frame& frame, Arguments arguments, Types) { return add_interval(frame, arguments[0], negated(*arguments[1].interval), arguments[0].kind); }

Cell date_plus_days(Frame& frame, Arguments arguments, Types) {
  std::int64_t days = 0;
  if (infinite(arguments[0])) return arguments[0];
  if (__builtin_add_overflow(arguments[0].i, arguments[1].i, &days) || std::abs(days) > 110'000'000) return frame.fail("date out of range");
  return Cell::make(CellKind::date, days);
}
Cell date_minus_days(Frame& frame, Arguments arguments, Types) {
  std::int64_t days = 0;
  if (infinite(arguments[0])) return arguments[0];
  if (__builtin_sub_overflow(arguments[0].i, arguments[1].i, &days) || std::abs(days) > 110'000'000) return frame.fail("date out of range");
  return Cell::make(CellKind::date, days);
}
Cell date_minus_date(Frame& frame, Arguments arguments, Types) {
  if (infinite(arguments[0]) || infinite(arguments[1])) return frame.fail("cannot subtract infinite dates");
  return Cell::integer(arguments[0].i - arguments[1].i);
}
Cell timestamp_minus_timestamp(Frame& frame, Arguments arguments, Types) {
  std::int64_t difference = 0;
  if (infinite(arguments[0]) || infinite(arguments[1])) return frame.fail("cannot subtract infinite timestamps");
  if (__builtin_sub_overflow(arguments[0].i, arguments[1].i, &difference)) return frame.fail("interval out of range");
  const std::int64_t days = difference / microseconds_per_day;
  return frame.interval({difference % microseconds_per_day, static_cast<std::int32_t>(days), 0});
}
Cell interval_plus(Frame& frame, Arguments arguments, Types) {
  const Interval& a = *arguments[0].interval;
  const Interval& b = *arguments[1].interval;
  return frame.interval({a.microseconds + b.microseconds, a.days + b.days, a.months + b.months});
}
Cell interval_minus(Frame& frame, Arguments arguments, Types) {
  const Interval& a = *arguments[0].interval;
  const Interval& b = *arguments[1].interval;
  return frame.interval({a.microseconds - b.microseconds, a.days - b.days, a.months - b.months});
}

int iso_weekday(std::int64_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7) + 1; }  // 1970-01-01 was a Thursday

Cell date_trunc(Frame& frame, Arguments arguments, Types) {
  if (infinite(arguments[1])) return arguments[1];
  const std::string unit = map_case(arguments[0].view(), false);
  const std::int64_t day = day_of(arguments[1].i);
  CivilDate date = civil_from_days(day);
  const auto at = [&](std::int64_t microseconds) { return Cell::make(arguments[1].kind, microseconds); };
  const auto of_date = [&](CivilDate wanted) { return at(days_from_civil(wanted) * microseconds_per_day); };
  const std::int64_t time = arguments[1].i - day * microseconds_per_day;
  const auto cut = [&](std::int64_t width) { return at(day * microseconds_per_day + time / width * width); };
  const auto floor_to = [](std::int64_t year, std::int64_t span) { return (year >= 0 ? year / span : -((-year + span - 1) / span)) * span; };
  if (unit == "microseconds" || unit == "microsecond") return arguments[1];
  if (unit == "milliseconds" || unit == "millisecond") return cut(1000);
  if (unit == "second" || unit == "seconds") return cut(microseconds_per_second);
  if (unit == "minute" || unit == "minutes") return cut(60 * microseconds_per_second);
  if (unit == "hour" || unit == "hours") return cut(3600 * microseconds_per_second);
  if (unit == "day" || unit == "days") return at(day * microseconds_per_day);
  if (unit == "week" || unit == "weeks") return at((day - iso_weekday(day) + 1) * microseconds_per_day);
  if (unit == "month" || unit == "months") return of_date({date.year, date.month, 1});
  if (unit == "quarter") return of_date({date.year, (date.month - 1) / 3 * 3 + 1, 1});
  if (unit == "year" || unit == "years") return of_date({date.year, 1, 1});
  if (unit == "decade") return of_date({floor_to(date.year, 10), 1, 1});
  if (unit == "century") return of_date({floor_to(date.year - 1, 100) + 1, 1, 1});
  if (unit == "millennium") return of_date({floor_to(date.year - 1, 1000) + 1, 1, 1});
  return frame.fail("date_trunc does not know the unit '" + std::string(arguments[0].view()) + "'");
}

/// A field of a timestamp, in millionths.
std::optional<std::int64_t> field_of(const std::string& field, std::int64_t microseconds) {
  const std::int64_t day = day_of(microseconds);
  const std::int64_t time = microseconds - day * microseconds_per_day;
  const CivilDate date = civil_from_days(day);
  const std::int64_t year = date.year > 0 ? date.year : date.year - 1;  // no year 0: 1 BC is -1
  constexpr std::int64_t one = 1'000'000;
  if (field == "year") return year * one;
  if (field == "month") return date.month * one;
  if (field == "day") return date.day * one;
  if (field == "hour") return time / (3600 * one) * one;
  if (field == "minute") return time / (60 * one) % 60 * one;
  if (field == "second") return time % (60 * one);
  if (field == "milliseconds") return time % (60 * one) * 1000;
  if (field == "microseconds") return time % (60 * one) * one;
  if (field == "epoch") return microseconds;
  if (field == "dow") return iso_weekday(day) % 7 * one;
  if (field == "isodow") return iso_weekday(day) * one;
  if (field == "doy") return (day - days_from_civil({date.year, 1, 1}) + 1) * one;
  if (field == "quarter") return ((date.month - 1) / 3 + 1) * one;
  if (field == "week" || field == "isoyear") {
    const IsoWeek week = iso_week_of(day);
    return (field == "week" ? week.week : week.year > 0 ? week.year : week.year - 1) * one;
  }
  if (field == "decade") return (date.year >= 0 ? date.year / 10 : -((9 - date.year) / 10)) * one;
  if (field == "century") return (year > 0 ? (year + 99) / 100 : -((99 - year) / 100)) * one;
  if (field == "millennium") return (year > 0 ? (year + 999) / 1000 : -((999 - year) / 1000)) * one;
  return std::nullopt;
}

/// The digits after the point that extract() gives a field.
int scale_of(const std::string& field) { return field == "second" || field == "epoch" ? 6 : field == "milliseconds" ? 3 : 0; }

Cell extract(Frame& frame, Arguments arguments, Types) {
  const std::string field = map_case(arguments[0].view(), false);
  const Cell& cell = arguments[1];
  if (cell.kind == CellKind::interval) {
    const Interval& value = *cell.interval;
    const std::int64_t time = value.microseconds;
    std::optional<std::int64_t> micro;
    constexpr std::int64_t one = 1'000'000;
    if (field == "year") micro = value.months / 12 * one;
    if (field == "month") micro = value.months % 12 * one;
    if (field == "day") micro = value.days * one;
    if (field == "hour") micro = time / (3600 * one) * one;
    if (field == "minute") micro = time / (60 * one) % 60 * one;
    if (field == "second") micro = time % (60 * one);
    if (field == "epoch") micro = (value.months / 12 * 31'557'600LL + value.months % 12 * 2'592'000LL + value.days * 86'400LL) * one + time;
    if (!micro) return frame.fail("extract does not know the field '" + field + "' of an interval");
    Decimal number = decimal_from(*micro);
    number.scale = 6;
    return frame.decimal(round_to(number, scale_of(field)));
  }
  if (infinite(cell)) return frame.fail("an infinite time has no fields");
  const std::optional<std::int64_t> micro = field_of(field, cell.kind == CellKind::date ? cell.i * microseconds_per_day : cell.i);
  if (!micro) return frame.fail("extract does not know the field '" + field + "'");
  Decimal number = decimal_from(*micro);
  number.scale = 6;
  return frame.decimal(round_to(number, cell.kind == CellKind::date && field == "epoch" ? 0 : scale_of(field)));
}

Cell date_part(Frame& frame, Arguments arguments, Types types) {
  const Cell number = extract(frame, arguments, types);
  return frame.failed ? number : Cell::real(CellKind::float64, to_real(number));
}

/// Seconds east of UTC of a zone that is a fixed offset.
std::optional<std::int64_t> zone_offset(std::string_view zone) {
  const std::string name = map_case(zone, true);
  if (name == "UTC" || name == "GMT" || name == "Z" || name == "ETC/UTC" || name == "ZULU" || name == "UCT") return 0;
  const auto parsed = parse_timestamp("2000-01-01T00:00:00" + name);
  // PostgreSQL follows POSIX here: '+02' is west of Greenwich. '+02:00' too.
  if (parsed && parsed->has_offset) return (parsed->microseconds - 946'684'800LL * 1'000'000) / 1'000'000;
  return std::nullopt;
}

Cell at_time_zone(Frame& frame, Arguments arguments, Types) {
  const std::optional<std::int64_t> east = zone_offset(arguments[0].view());
  if (!east) return frame.fail("AT TIME ZONE takes UTC and fixed offsets in this version, not '" + std::string(arguments[0].view()) + "'");
  const Cell& cell = arguments[1];
  const bool to_plain = cell.kind == CellKind::timestamp_tz;
  const CellKind kind = to_plain ? CellKind::timestamp : CellKind::timestamp_tz;
  if (infinite(cell)) return Cell::make(kind, cell.i);
  return Cell::make(kind, cell.i + (to_plain ? *east : -*east) * microseconds_per_second);
}

Cell to_char_time(Frame& frame, Arguments arguments, Types) {
  if (infinite(arguments[0])) return frame.fail("an infinite time cannot be formatted");
  return frame.text(format_time(arguments[0].i, arguments[1].view(), arguments[0].kind == CellKind::timestamp_tz));
}

Cell now(Frame& frame, Arguments, Types) { return Cell::make(CellKind::timestamp_tz, frame.context.now); }

Cell to_timestamp(Frame& frame, Arguments arguments, Types) {
  const double seconds = to_real(arguments[0]);
  if (!(std::fabs(seconds) < 9e12)) return frame.fail("timestamp out of range");
  return Cell::make(CellKind::timestamp_tz, static_cast<std::int64_t>(std::llround(seconds * 1e6)));
}

}  // namespace

IsoWeek iso_week_of(std::int64_t day) {
  // The week belongs to the year of its Thursday.
  const std::int64_t thursday = day - iso_weekday(day) + 4;
  const std::int64_t year = civil_from_days(thursday).year;
  return {year, static_cast<int>((thursday - days_from_civil({year, 1, 1})) / 7) + 1};
}

void add_time_functions(std::vector<Function>& table) {
  using enum Parameter;
  const std::vector<Function> own = {
      {"+", {date, integer}, TypeKind::date, date_plus_days, "date + days"},
      {"-", {date, date}, TypeKind::integer, date_minus_date, "date - date: days"},
      {"-", {date, integer}, TypeKind::date, date_minus_days, "date - days"},
      {"+", {timestamp, interval}, TypeKind::timestamp, timestamp_plus, "timestamp + interval"},
      {"+", {timestamp_tz, interval}, TypeKind::timestamp_tz, timestamp_plus, ""},
      {"-", {timestamp, interval}, TypeKind::timestamp, timestamp_minus, "timestamp - interval"},
      {"-", {timestamp_tz, interval}, TypeKind::timestamp_tz, timestamp_minus, ""},
      {"-", {timestamp, timestamp}, TypeKind::interval, timestamp_minus_timestamp, "timestamp - timestamp: an interval"},
      {"-", {timestamp_tz, timestamp_tz}, TypeKind::interval, timestamp_minus_timestamp, ""},
      {"+", {interval, interval}, TypeKind::interval, interval_plus, "interval + interval"},
      {"-", {interval, interval}, TypeKind::interval, interval_minus, "interval - interval"},
      {"date_trunc", {text, timestamp_tz}, TypeKind::timestamp_tz, date_trunc, "date_trunc(unit, timestamp): the beginning of the unit, in UTC"},
      {"date_trunc", {text, timestamp}, TypeKind::timestamp, date_trunc, ""},
      {"extract", {text, date}, TypeKind::decimal, extract, "extract(field FROM time): year, month, day, hour, minute, second, dow, isodow, doy, week, isoyear, quarter, epoch, ..."},
      {"extract", {text, timestamp_tz}, TypeKind::decimal, extract, ""},
      {"extract", {text, timestamp}, TypeKind::decimal, extract, ""},
      {"extract", {text, interval}, TypeKind::decimal, extract, ""},
      {"date_part", {text, timestamp_tz}, TypeKind::float64, date_part, "date_part(field, time)"},
      {"date_part", {text, timestamp}, TypeKind::float64, date_part, ""},
      {"date_part", {text, interval}, TypeKind::float64, date_part, ""},
      {"timezone", {text, timestamp_tz}, TypeKind::timestamp, at_time_zone, "time AT TIME ZONE 'UTC': also fixed offsets"},
      {"timezone", {text, timestamp}, TypeKind::timestamp_tz, at_time_zone, ""},
      {"to_char", {timestamp_tz, text}, TypeKind::text, to_char_time, "to_char(time, pattern): PostgreSQL's patterns, in UTC"},
      {"to_char", {timestamp, text}, TypeKind::text, to_char_time, ""},
      {"now", {}, TypeKind::timestamp_tz, now, "now(): the snapshot's time"},
      {"to_timestamp", {Parameter::real}, TypeKind::timestamp_tz, to_timestamp, "to_timestamp(seconds)"},
  };
  table.insert(table.end(), own.begin(), own.end());
}

}  // namespace itemize::expr
