// Arithmetic of dates, times and intervals.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/functions.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Interval;

/// Months first, cut to the last day of the month; then days; then time.
Cell shifted(Frame& frame, const Cell& cell, const Interval& interval, bool minus, CellKind kind) {
  if (is_infinite_time(cell)) return Cell::make(kind, cell.i);
  const std::int64_t sign = minus ? -1 : 1;
  if (!fits_timestamp(cell)) return frame.fail("date out of range for timestamp");
  const std::int64_t micro = microseconds_of(cell);
  const std::int64_t start_day = day_of(micro);
  CivilDate date = civil_from_days(start_day);
  const std::int64_t month = date.year * 12 + date.month - 1 + sign * interval.months;
  date.year = month >= 0 ? month / 12 : -((-month + 11) / 12);
  date.month = static_cast<int>(month - date.year * 12) + 1;
  date.day = std::min(date.day, days_in_month(date.year, date.month));
  const std::int64_t day = days_from_civil(date) + sign * interval.days;
  std::int64_t result = 0;
  const std::int64_t time = micro - start_day * microseconds_per_day;
  const bool overflow = __builtin_mul_overflow(day, microseconds_per_day, &result) || __builtin_add_overflow(result, time, &result) ||
                        (minus ? __builtin_sub_overflow(result, interval.microseconds, &result)
                               : __builtin_add_overflow(result, interval.microseconds, &result));
  if (overflow || !in_timestamp_range(result)) return frame.fail("timestamp out of range");
  return Cell::make(kind, result);
}

/// `Moment` is the operand that is a date or timestamp, the other is the interval.
template <std::size_t Moment, bool Minus, CellKind Kind>
Cell shift(Frame& frame, const Call& call) {
  return shifted(frame, call.arguments[Moment], *call.arguments[1 - Moment].interval, Minus, Kind);
}

template <std::size_t Date, bool Minus>
Cell shift_days(Frame& frame, const Call& call) {
  if (is_infinite_time(call.arguments[Date])) return call.arguments[Date];
  std::int64_t days = 0;
  const std::int64_t by = call.integer(1 - Date);
  if ((Minus ? __builtin_sub_overflow(call.integer(Date), by, &days) : __builtin_add_overflow(call.integer(Date), by, &days)) ||
      !in_date_range(days))
    return frame.fail("date out of range");
  return Cell::make(CellKind::date, days);
}

Cell date_minus_date(Frame& frame, const Call& call) {
  if (is_infinite_time(call.arguments[0]) || is_infinite_time(call.arguments[1])) return frame.fail("cannot subtract infinite dates");
  return Cell::integer(call.integer(0) - call.integer(1));
}

template <std::size_t Date>
Cell date_plus_time(Frame& frame, const Call& call) {
  const Cell& date = call.arguments[Date];
  if (is_infinite_time(date)) return Cell::make(CellKind::timestamp, date.i);
  const std::int64_t micro = microseconds_of(date);
  if (!fits_timestamp(date)) return frame.fail("date out of range for timestamp");
  return Cell::make(CellKind::timestamp, micro + call.integer(1 - Date));
}

Cell timestamp_minus_timestamp(Frame& frame, const Call& call) {
  std::int64_t difference = 0;
  if (is_infinite_time(call.arguments[0]) || is_infinite_time(call.arguments[1])) return frame.fail("cannot subtract infinite timestamps");
  if (__builtin_sub_overflow(call.integer(0), call.integer(1), &difference)) return frame.fail("interval out of range");
  return frame.interval({difference % microseconds_per_day, static_cast<std::int32_t>(difference / microseconds_per_day), 0});
}

Cell checked(Frame& frame, bool overflow, const Interval& value) {
  return overflow ? frame.fail("interval out of range") : frame.interval(value);
}

Cell add_intervals(Frame& frame, const Call& call) {
  const Interval& a = *call.arguments[0].interval;
  const Interval& b = *call.arguments[1].interval;
  Interval sum;
  const bool overflow = __builtin_add_overflow(a.months, b.months, &sum.months) | __builtin_add_overflow(a.days, b.days, &sum.days) |
                        __builtin_add_overflow(a.microseconds, b.microseconds, &sum.microseconds);
  return checked(frame, overflow, sum);
}
Cell subtract_intervals(Frame& frame, const Call& call) {
  const Interval& a = *call.arguments[0].interval;
  const Interval& b = *call.arguments[1].interval;
  Interval sum;
  const bool overflow = __builtin_sub_overflow(a.months, b.months, &sum.months) | __builtin_sub_overflow(a.days, b.days, &sum.days) |
                        __builtin_sub_overflow(a.microseconds, b.microseconds, &sum.microseconds);
  return checked(frame, overflow, sum);
}
Cell negate_interval(Frame& frame, const Call& call) {
  const Interval& value = *call.arguments[0].interval;
  Interval result;
  const bool overflow = __builtin_sub_overflow(0, value.months, &result.months) | __builtin_sub_overflow(0, value.days, &result.days) |
                        __builtin_sub_overflow(std::int64_t{0}, value.microseconds, &result.microseconds);
  return checked(frame, overflow, result);
}

double to_microsecond(double seconds) { return std::nearbyint(seconds * 1e6) / 1e6; }

/// Times a factor: what is left of a month becomes days (30 each), what is left of a day becomes time.
Cell scaled(Frame& frame, const Interval& value, double factor, bool divide) {
  const auto by_factor = [&](double part) { return divide ? part / factor : part * factor; };
  constexpr double limit = 2147483647.0;
  const double months = by_factor(value.months);
  const double days = by_factor(value.days);
  if (!(std::fabs(months) <= limit) || !(std::fabs(days) <= limit)) return frame.fail("interval out of range");
  Interval result;
  result.months = static_cast<std::int32_t>(months);
  result.days = static_cast<std::int32_t>(days);
  const double month_rest = to_microsecond((months - result.months) * 30);
  double seconds = to_microsecond((days - result.days + month_rest - static_cast<int>(month_rest)) * 86'400);
  if (std::fabs(seconds) >= 86'400) {
    const int whole = static_cast<int>(seconds / 86'400);
    result.days += whole;
    seconds -= whole * 86'400;
  }
  if (__builtin_add_overflow(result.days, static_cast<std::int32_t>(month_rest), &result.days)) return frame.fail("interval out of range");
  const double time = std::nearbyint(by_factor(static_cast<double>(value.microseconds)) + seconds * 1e6);
  if (!(time >= -9223372036854775808.0 && time < 9223372036854775808.0)) return frame.fail("interval out of range");
  result.microseconds = static_cast<std::int64_t>(time);
  return frame.interval(result);
}
Cell multiply_interval(Frame& frame, const Call& call) { return scaled(frame, *call.arguments[0].interval, call.arguments[1].d, false); }
Cell multiply_by_interval(Frame& frame, const Call& call) { return scaled(frame, *call.arguments[1].interval, call.arguments[0].d, false); }
Cell divide_interval(Frame& frame, const Call& call) {
  if (call.arguments[1].d == 0) return frame.fail("division by zero");
  return scaled(frame, *call.arguments[0].interval, call.arguments[1].d, true);
}

/// A time of day moves around the clock.
template <std::size_t Time, bool Minus>
Cell shift_time(Frame&, const Call& call) {
  const std::int64_t by = call.arguments[1 - Time].interval->microseconds % microseconds_per_day;
  const std::int64_t moved = call.integer(Time) + (Minus ? -by : by);
  return Cell::make(CellKind::time, (moved % microseconds_per_day + microseconds_per_day) % microseconds_per_day);
}
Cell time_minus_time(Frame& frame, const Call& call) { return frame.interval({call.integer(0) - call.integer(1), 0, 0}); }

/// Moves whole `unit`s from the smaller part to the larger, and makes both signs equal.
template <class Small, class Large>
bool carry(Small& small, Large& large, Small unit) {
  const auto whole = static_cast<Large>(small / unit);
  small -= static_cast<Small>(whole) * unit;
  bool overflow = __builtin_add_overflow(large, whole, &large);
  if (large > 0 && small < 0) {
    small += unit;
    --large;
  } else if (large < 0 && small > 0) {
    small -= unit;
    ++large;
  }
  return overflow;
}
Cell justify_hours(Frame& frame, const Call& call) {
  Interval value = *call.arguments[0].interval;
  const bool overflow = carry(value.microseconds, value.days, microseconds_per_day);
  return checked(frame, overflow, value);
}
Cell justify_days(Frame& frame, const Call& call) {
  Interval value = *call.arguments[0].interval;
  const bool overflow = carry(value.days, value.months, 30);
  return checked(frame, overflow, value);
}

/// The parts of the difference, as a calendar counts them: months and days are borrowed from the earlier moment's month.
Cell age(Frame& frame, const Call& call) {
  if (is_infinite_time(call.arguments[0]) || is_infinite_time(call.arguments[1])) return frame.fail("an infinite time has no age");
  const bool negative = call.integer(0) < call.integer(1);
  const std::int64_t later = std::max(call.integer(0), call.integer(1));
  const std::int64_t earlier = std::min(call.integer(0), call.integer(1));
  const CivilDate end = civil_from_days(day_of(later));
  const CivilDate begin = civil_from_days(day_of(earlier));
  std::int64_t time = (later - day_of(later) * microseconds_per_day) - (earlier - day_of(earlier) * microseconds_per_day);
  std::int64_t days = end.day - begin.day;
  std::int64_t months = (end.year - begin.year) * 12 + end.month - begin.month;
  if (time < 0) {
    time += microseconds_per_day;
    --days;
  }
  while (days < 0) {
    days += days_in_month(begin.year, begin.month);
    --months;
  }
  const auto sign = negative ? -1 : 1;
  return frame.interval({sign * time, static_cast<std::int32_t>(sign * days), static_cast<std::int32_t>(sign * months)});
}

}  // namespace

std::vector<Function> time_operators() {
  using enum Sql;
  constexpr CellKind plain = CellKind::timestamp;
  constexpr CellKind zoned = CellKind::timestamp_tz;
  return {
      run("+", {date, int8}, date, shift_days<0, false>, "date + days, date - days, date - date (days)"),
      run("+", {int8, date}, date, shift_days<1, false>),
      run("-", {date, int8}, date, shift_days<0, true>),
      run("-", {date, date}, int4, date_minus_date),
      run("+", {date, interval}, timestamp, shift<0, false, plain>,
          "date or timestamp + interval, - interval: months first, cut to the month's last day; then days, then time"),
      run("+", {interval, date}, timestamp, shift<1, false, plain>),
      run("-", {date, interval}, timestamp, shift<0, true, plain>),
      run("+", {timestamp, interval}, timestamp, shift<0, false, plain>),
      run("+", {interval, timestamp}, timestamp, shift<1, false, plain>),
      run("-", {timestamp, interval}, timestamp, shift<0, true, plain>),
      run("+", {timestamptz, interval}, timestamptz, shift<0, false, zoned>),
      run("+", {interval, timestamptz}, timestamptz, shift<1, false, zoned>),
      run("-", {timestamptz, interval}, timestamptz, shift<0, true, zoned>),
      run("-", {timestamp, timestamp}, interval, timestamp_minus_timestamp, "timestamp - timestamp: an interval of days and time"),
      run("-", {timestamptz, timestamptz}, interval, timestamp_minus_timestamp),
      run("+", {date, time}, timestamp, date_plus_time<0>, "date + time: a timestamp"),
      run("+", {time, date}, timestamp, date_plus_time<1>),
      run("+", {time, interval}, time, shift_time<0, false>, "time + interval, - interval: around the clock; time - time: an interval"),
      run("+", {interval, time}, time, shift_time<1, false>),
      run("-", {time, interval}, time, shift_time<0, true>),
      run("-", {time, time}, interval, time_minus_time),
      run("+", {interval, interval}, interval, add_intervals, "interval + interval, - interval, -interval, interval * number, / number"),
      run("-", {interval, interval}, interval, subtract_intervals),
      run("-", {interval}, interval, negate_interval),
      run("*", {interval, float8}, interval, multiply_interval),
      run("*", {float8, interval}, interval, multiply_by_interval),
      run("/", {interval, float8}, interval, divide_interval),
      run("age", {timestamptz, timestamptz}, interval, age, "age(later, earlier): years, months and days as a calendar counts them"),
      run("age", {timestamp, timestamp}, interval, age),
      run("justify_hours", {interval}, interval, justify_hours,
          "justify_hours(interval), justify_days(interval): whole days of 24 hours, whole months of 30 days"),
      run("justify_days", {interval}, interval, justify_days),
  };
}

}  // namespace itemize::expr
