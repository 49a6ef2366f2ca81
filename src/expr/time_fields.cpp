// EXTRACT, date_part and date_trunc.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/text_basics.h"
#include "expr/time_units.h"
#include "expr/time_zone.h"
#include "expr/to_char.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Interval;

struct UnitName {
  std::string_view name;
  Unit unit;
};
constexpr UnitName unit_names[] = {
    {"microsecond", Unit::microsecond},
    {"microseconds", Unit::microsecond},
    {"us", Unit::microsecond},
    {"usec", Unit::microsecond},
    {"usecs", Unit::microsecond},
    {"useconds", Unit::microsecond},
    {"millisecond", Unit::millisecond},
    {"milliseconds", Unit::millisecond},
    {"ms", Unit::millisecond},
    {"msec", Unit::millisecond},
    {"msecs", Unit::millisecond},
    {"second", Unit::second},
    {"seconds", Unit::second},
    {"sec", Unit::second},
    {"secs", Unit::second},
    {"s", Unit::second},
    {"minute", Unit::minute},
    {"minutes", Unit::minute},
    {"min", Unit::minute},
    {"mins", Unit::minute},
    {"m", Unit::minute},
    {"hour", Unit::hour},
    {"hours", Unit::hour},
    {"hr", Unit::hour},
    {"hrs", Unit::hour},
    {"h", Unit::hour},
    {"day", Unit::day},
    {"days", Unit::day},
    {"d", Unit::day},
    {"week", Unit::week},
    {"weeks", Unit::week},
    {"w", Unit::week},
    {"month", Unit::month},
    {"months", Unit::month},
    {"mon", Unit::month},
    {"mons", Unit::month},
    {"quarter", Unit::quarter},
    {"qtr", Unit::quarter},
    {"year", Unit::year},
    {"years", Unit::year},
    {"yr", Unit::year},
    {"yrs", Unit::year},
    {"y", Unit::year},
    {"decade", Unit::decade},
    {"decades", Unit::decade},
    {"dec", Unit::decade},
    {"decs", Unit::decade},
    {"century", Unit::century},
    {"centuries", Unit::century},
    {"cent", Unit::century},
    {"c", Unit::century},
    {"millennium", Unit::millennium},
    {"millennia", Unit::millennium},
    {"mil", Unit::millennium},
    {"mils", Unit::millennium},
    {"epoch", Unit::epoch},
    {"dow", Unit::dow},
    {"isodow", Unit::isodow},
    {"doy", Unit::doy},
    {"isoyear", Unit::isoyear},
    {"julian", Unit::julian},
    {"timezone", Unit::timezone},
    {"timezone_hour", Unit::timezone_hour},
    {"timezone_h", Unit::timezone_hour},
    {"timezone_minute", Unit::timezone_minute},
    {"timezone_m", Unit::timezone_minute},
};

constexpr std::int64_t second = microseconds_per_second;

std::int64_t floor_to(std::int64_t year, std::int64_t span) { return (year >= 0 ? year / span : -((-year + span - 1) / span)) * span; }
std::int64_t isoweek_day(std::int64_t day) { return ((day + 3) % 7 + 7) % 7 + 1; }  // 1970-01-01 was a Thursday

/// A number of millionths as numeric with that many digits after the point.
Decimal millionths(std::int64_t value, int scale) {
  Decimal number = decimal_from(value);
  number.scale = 6;
  return scale == 6 ? number : truncate_to(number, scale);
}
Decimal whole(std::int64_t value) { return decimal_from(value); }

std::optional<Decimal> clock_field(std::int64_t time, Unit unit) {
  switch (unit) {
    case Unit::microsecond:
      return whole(time % (60 * second));
    case Unit::millisecond: {
      Decimal number = whole(time % (60 * second));
      number.scale = 3;
      return number;
    }
    case Unit::second:
      return millionths(time % (60 * second), 6);
    case Unit::minute:
      return whole(time / (60 * second) % 60);
    case Unit::hour:
      return whole(time / (3600 * second));
    default:
      return std::nullopt;
  }
}

std::optional<Decimal> calendar_field(std::int64_t day, Unit unit) {
  const CivilDate date = civil_from_days(day);
  const std::int64_t year = date.year > 0 ? date.year : date.year - 1;  // no year 0: 1 BC is -1
  switch (unit) {
    case Unit::year:
      return whole(year);
    case Unit::month:
      return whole(date.month);
    case Unit::day:
      return whole(date.day);
    case Unit::quarter:
      return whole((date.month - 1) / 3 + 1);
    case Unit::week:
      return whole(iso_week_of(day).week);
    case Unit::isoyear: {
      const std::int64_t iso = iso_week_of(day).year;
      return whole(iso > 0 ? iso : iso - 1);
    }
    case Unit::decade:
      return whole(floor_to(date.year, 10) / 10);
    case Unit::century:
      return whole(year > 0 ? (year + 99) / 100 : -((99 - year) / 100));
    case Unit::millennium:
      return whole(year > 0 ? (year + 999) / 1000 : -((999 - year) / 1000));
    case Unit::dow:
      return whole(isoweek_day(day) % 7);
    case Unit::isodow:
      return whole(isoweek_day(day));
    case Unit::doy:
      return whole(day - days_from_civil({date.year, 1, 1}) + 1);
    case Unit::julian:
      return whole(day + 2'440'588);
    default:
      return std::nullopt;
  }
}

std::optional<Decimal> interval_field(const Interval& value, Unit unit) {
  switch (unit) {
    case Unit::year:
      return whole(value.months / 12);
    case Unit::month:
      return whole(value.months % 12);
    case Unit::quarter:
      return whole(value.months % 12 / 3 + 1);
    case Unit::decade:
      return whole(value.months / 12 / 10);
    case Unit::century:
      return whole(value.months / 12 / 100);
    case Unit::millennium:
      return whole(value.months / 12 / 1000);
    case Unit::day:
      return whole(value.days);
    case Unit::epoch: {
      // A year is 365.25 days here, a month 30.
      const std::int64_t seconds = value.months / 12 * 31'557'600LL + value.months % 12 * 2'592'000LL + value.days * 86'400LL;
      return add(millionths(0, 6), add(multiply(whole(seconds), whole(1)), millionths(value.microseconds, 6)));
    }
    default:
      return clock_field(value.microseconds, unit);
  }
}

/// Fields that grow with time are infinite of infinite moments; the others have no value.
Cell infinite_field(Frame& frame, const Cell& cell, Unit unit) {
  const bool grows = unit == Unit::year || unit == Unit::decade || unit == Unit::century || unit == Unit::millennium ||
                     unit == Unit::julian || unit == Unit::isoyear || unit == Unit::epoch;
  return grows ? frame.decimal(*parse_decimal(cell.i > 0 ? "Infinity" : "-Infinity")) : Cell{};
}

std::optional<Decimal> moment_field(const Cell& cell, Unit unit, bool strict_date) {
  const std::int64_t micro = microseconds_of(cell);
  const std::int64_t day = cell.kind == CellKind::date ? cell.i : day_of(micro);
  const bool date = cell.kind == CellKind::date;
  if (unit == Unit::epoch) {
    if (date && strict_date) return whole(cell.i * 86'400);
    return millionths(micro, 6);
  }
  if (unit == Unit::julian && !date) return std::nullopt;
  if (auto field = calendar_field(day, unit)) return field;
  if (date && strict_date) return std::nullopt;
  const bool zoned = cell.kind == CellKind::timestamp_tz;
  if (zoned && (unit == Unit::timezone || unit == Unit::timezone_hour || unit == Unit::timezone_minute)) return whole(0);
  return clock_field(micro - day * microseconds_per_day, unit);
}

std::optional<Decimal> time_field(const Cell& cell, Unit unit) {
  const auto east = cell.kind == CellKind::time_tz ? static_cast<std::int32_t>(cell.size) : 0;
  if (unit == Unit::epoch) return millionths(cell.i - east * second, 6);
  if (cell.kind == CellKind::time_tz) {
    if (unit == Unit::timezone) return whole(east);
    if (unit == Unit::timezone_hour) return whole(east / 3600);
    if (unit == Unit::timezone_minute) return whole(east / 60 % 60);
  }
  return clock_field(cell.i, unit);
}

Cell field(Frame& frame, const Call& call, bool strict_date) {
  const Unit unit = *static_cast<const Unit*>(call.prepared);
  const Cell& cell = call.arguments[1];
  std::optional<Decimal> number;
  if (cell.kind == CellKind::interval) {
    number = interval_field(*cell.interval, unit);
  } else if (cell.kind == CellKind::time || cell.kind == CellKind::time_tz) {
    number = time_field(cell, unit);
  } else {
    const bool infinite = is_infinite_time(cell);
    // Fields of the clock are none of a date's, also where it has no end.
    const bool has_field = !infinite || cell.kind != CellKind::date || !strict_date || unit == Unit::epoch || calendar_field(0, unit);
    if (infinite && has_field) return infinite_field(frame, cell, unit);
    if (!infinite) number = moment_field(cell, unit, strict_date);
  }
  if (!number) return frame.fail("the field '" + std::string(call.text(0)) + "' is not supported for type " + call.types[1].name);
  return frame.decimal(*number);
}

Cell extract(Frame& frame, const Call& call) { return field(frame, call, true); }
/// As PostgreSQL: whole seconds and their fraction are added as floats, which is not always the float nearest to the decimal.
Cell date_part(Frame& frame, const Call& call) {
  const Cell& cell = call.arguments[1];
  if (!is_infinite_time(cell) && !fits_timestamp(cell)) return frame.fail("date out of range for timestamp");
  const Cell number = field(frame, call, false);
  if (frame.failed || number.is_null()) return {};
  const Unit unit = *static_cast<const Unit*>(call.prepared);
  if (unit == Unit::epoch && cell.kind == CellKind::interval) {
    // Added up as floats, in this order.
    double seconds = static_cast<double>(cell.interval->microseconds) / 1e6;
    seconds += 365.25 * 86'400 * (cell.interval->months / 12);
    seconds += 30.0 * 86'400 * (cell.interval->months % 12);
    seconds += 86'400.0 * cell.interval->days;
    return Cell::real(CellKind::float64, seconds);
  }
  const bool moment = cell.kind == CellKind::date || cell.kind == CellKind::timestamp || cell.kind == CellKind::timestamp_tz;
  if (unit == Unit::epoch && moment && !is_infinite_time(cell))
    return Cell::real(CellKind::float64, static_cast<double>(microseconds_of(cell)) / 1e6);
  const std::optional<Decimal> value = to_decimal(number);
  if (unit == Unit::second && value) {
    const Decimal whole_seconds = truncate_to(*value, 0);
    Decimal fraction = subtract(*value, whole_seconds);
    fraction.scale = 0;  // in microseconds
    return Cell::real(CellKind::float64, to_double(whole_seconds) + to_double(fraction) / 1e6);
  }
  return Cell::real(CellKind::float64, to_real(number));
}

Cell no_unit(Frame& frame, const Call& call) {
  return frame.fail("the unit '" + std::string(call.text(0)) + "' is not supported for type " + call.types[1].name);
}

Cell date_trunc(Frame& frame, const Call& call) {
  if (is_infinite_time(call.arguments[1])) return call.arguments[1];
  const auto result = truncated(call.integer(1), *static_cast<const Unit*>(call.prepared));
  return result ? Cell::make(call.arguments[1].kind, *result) : no_unit(frame, call);
}

/// date_trunc(unit, moment, zone): at the beginning of the unit there.
struct ZonedUnit {
  Unit unit;
  TimeZone zone;
};
Prepared prepare_zoned_unit(std::span<const std::string_view> literals) {
  const std::optional<Unit> unit = unit_named(literals[0]);
  if (!unit) return std::unexpected("'" + std::string(literals[0]) + "' is no unit of time");
  std::expected<TimeZone, std::string> zone = TimeZone::named(literals[1]);
  if (!zone) return std::unexpected(zone.error());
  return std::make_shared<const ZonedUnit>(ZonedUnit{*unit, *std::move(zone)});
}
Cell date_trunc_zoned(Frame& frame, const Call& call) {
  if (is_infinite_time(call.arguments[1])) return call.arguments[1];
  const auto& [unit, zone] = *static_cast<const ZonedUnit*>(call.prepared);
  const std::int64_t micro = call.integer(1);
  const std::int64_t seconds = (micro - (micro % second + second) % second) / second;
  const std::int64_t east = zone.offset_at(seconds);
  const auto local = truncated(micro + east * second, unit);
  if (!local) return no_unit(frame, call);
  if (unit <= Unit::hour) return Cell::make(CellKind::timestamp_tz, *local - east * second);
  return Cell::make(CellKind::timestamp_tz, zone.to_utc(*local / second) * second);
}

Cell truncate_interval(Frame& frame, const Call& call) {
  Interval value = *call.arguments[1].interval;
  const auto months = [&value](std::int32_t span) {
    value.months = value.months / span * span;
    value.days = 0;
    value.microseconds = 0;
  };
  const auto time = [&value](std::int64_t span) { value.microseconds = value.microseconds / span * span; };
  switch (*static_cast<const Unit*>(call.prepared)) {
    case Unit::millennium:
      months(12'000);
      break;
    case Unit::century:
      months(1200);
      break;
    case Unit::decade:
      months(120);
      break;
    case Unit::year:
      months(12);
      break;
    case Unit::quarter:
      months(3);
      break;
    case Unit::month:
      months(1);
      break;
    case Unit::day:
      value.microseconds = 0;
      break;
    case Unit::hour:
      time(3600 * second);
      break;
    case Unit::minute:
      time(60 * second);
      break;
    case Unit::second:
      time(second);
      break;
    case Unit::millisecond:
      time(1000);
      break;
    case Unit::microsecond:
      break;
    default:
      return no_unit(frame, call);
  }
  return frame.interval(value);
}

}  // namespace

std::optional<Unit> unit_named(std::string_view name) {
  const std::string small = map_case(name, false);
  for (const UnitName& each : unit_names)
    if (each.name == small) return each.unit;
  return std::nullopt;
}

Prepared prepare_unit(std::span<const std::string_view> literals) {
  const std::optional<Unit> unit = unit_named(literals[0]);
  if (!unit) return std::unexpected("'" + std::string(literals[0].substr(0, 60)) + "' is no field of a date or time");
  return std::make_shared<const Unit>(*unit);
}

std::optional<std::int64_t> truncated(std::int64_t microseconds, Unit unit) {
  const std::int64_t day = day_of(microseconds);
  const std::int64_t time = microseconds - day * microseconds_per_day;
  const CivilDate date = civil_from_days(day);
  const auto cut = [&](std::int64_t span) { return day * microseconds_per_day + time / span * span; };
  const auto of_date = [](CivilDate wanted) { return days_from_civil(wanted) * microseconds_per_day; };
  // Years are counted from 1 in centuries and millennia, and there is no year 0.
  const auto of_span = [&](std::int64_t span) { return of_date({floor_to(date.year - 1, span) + 1, 1, 1}); };
  switch (unit) {
    case Unit::microsecond:
      return microseconds;
    case Unit::millisecond:
      return cut(1000);
    case Unit::second:
      return cut(second);
    case Unit::minute:
      return cut(60 * second);
    case Unit::hour:
      return cut(3600 * second);
    case Unit::day:
      return day * microseconds_per_day;
    case Unit::week:
      return (day - isoweek_day(day) + 1) * microseconds_per_day;
    case Unit::month:
      return of_date({date.year, date.month, 1});
    case Unit::quarter:
      return of_date({date.year, (date.month - 1) / 3 * 3 + 1, 1});
    case Unit::year:
      return of_date({date.year, 1, 1});
    case Unit::decade:
      return of_date({floor_to(date.year, 10), 1, 1});
    case Unit::century:
      return of_span(100);
    case Unit::millennium:
      return of_span(1000);
    default:
      return std::nullopt;
  }
}

std::vector<Function> field_functions() {
  using enum Sql;
  const auto with_unit = [](Function function) { return prepared(std::move(function), prepare_unit, {0}); };
  std::vector<Function> table;
  for (const Sql type : {timestamptz, timestamp, date, time, timetz, interval}) {
    table.push_back(
        with_unit(run("extract", {text, type}, numeric, extract,
                      type == timestamptz ? "extract(field from x): year, quarter, month, week, day, hour, minute, second, milliseconds, "
                                            "microseconds, dow, isodow, doy, isoyear, decade, century, millennium, epoch"
                                          : "")));
    table.push_back(with_unit(
        run("date_part", {text, type}, float8, date_part, type == timestamptz ? "date_part(field, x): the same as a float" : "")));
  }
  table.push_back(
      with_unit(run("date_trunc", {text, timestamptz}, timestamptz, date_trunc,
                    "date_trunc(unit, x): the beginning of the unit; a timestamptz in UTC, or in the zone that a third argument names")));
  table.push_back(with_unit(run("date_trunc", {text, timestamp}, timestamp, date_trunc)));
  table.push_back(with_unit(run("date_trunc", {text, interval}, interval, truncate_interval)));
  table.push_back(prepared(run("date_trunc", {text, timestamptz, text}, timestamptz, date_trunc_zoned), prepare_zoned_unit, {0, 2}, true));
  return table;
}

}  // namespace itemize::expr
