// Functions of dates and times.
#include <cmath>
#include <limits>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/time_units.h"
#include "expr/time_zone.h"
#include "expr/to_char.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;

// --- time zones ----------------------------------------------------------------------------------------------------------------

Prepared prepare_zone(std::span<const std::string_view> literals) {
  std::expected<TimeZone, std::string> zone = TimeZone::named(literals[0]);
  if (!zone) return std::unexpected(zone.error());
  return std::make_shared<const TimeZone>(*std::move(zone));
}

Cell to_local(Frame&, const Call& call) {
  if (is_infinite_time(call.arguments[1])) return Cell::make(CellKind::timestamp, call.integer(1));
  const std::int64_t micro = call.integer(1);
  const std::int64_t within = (micro % microseconds_per_second + microseconds_per_second) % microseconds_per_second;
  const std::int64_t seconds = (micro - within) / microseconds_per_second;
  return Cell::make(CellKind::timestamp, micro + static_cast<const TimeZone*>(call.prepared)->offset_at(seconds) * microseconds_per_second);
}

Cell from_local(Frame& frame, const Call& call) {
  if (is_infinite_time(call.arguments[1])) return Cell::make(CellKind::timestamp_tz, call.integer(1));
  const std::int64_t micro = call.integer(1);
  const std::int64_t within = (micro % microseconds_per_second + microseconds_per_second) % microseconds_per_second;
  const std::int64_t utc = static_cast<const TimeZone*>(call.prepared)->to_utc((micro - within) / microseconds_per_second);
  if (!in_timestamp_range(utc * microseconds_per_second)) return frame.fail("timestamp out of range");
  return Cell::make(CellKind::timestamp_tz, utc * microseconds_per_second + within);
}

/// A zone given as an interval east of UTC.
Cell shifted_zone(Frame& frame, const Call& call) {
  const row::Interval& zone = *call.arguments[0].interval;
  if (zone.months != 0 || zone.days != 0) return frame.fail("a time zone interval must not include months or days");
  const bool zoned = call.arguments[1].kind == CellKind::timestamp_tz;
  const CellKind kind = zoned ? CellKind::timestamp : CellKind::timestamp_tz;
  if (is_infinite_time(call.arguments[1])) return Cell::make(kind, call.integer(1));
  const std::int64_t east = zone.microseconds / microseconds_per_second * microseconds_per_second;
  std::int64_t result = 0;
  if (zoned ? __builtin_add_overflow(call.integer(1), east, &result) : __builtin_sub_overflow(call.integer(1), east, &result))
    return frame.fail("timestamp out of range");
  return Cell::make(kind, result);
}

// --- from and to text ----------------------------------------------------------------------------------------------------------

/// NULL for infinite moments and an empty pattern, as PostgreSQL.
Cell to_char_time(Frame& frame, const Call& call) {
  if (is_infinite_time(call.arguments[0]) || call.text(1).empty()) return {};
  const std::size_t begin = frame.scratch.size();
  static_cast<const TimeFormat*>(call.prepared)->write(call.integer(0), call.arguments[0].kind == CellKind::timestamp_tz, frame.scratch);
  return frame.take(begin);
}

Cell text_to_timestamp(Frame& frame, const Call& call) {
  const auto moment = static_cast<const TimeFormat*>(call.prepared)->read(call.text(0));
  if (!moment) return frame.fail("to_timestamp: " + moment.error());
  return Cell::make(CellKind::timestamp_tz, *moment);
}
Cell text_to_date(Frame& frame, const Call& call) {
  const auto moment = static_cast<const TimeFormat*>(call.prepared)->read(call.text(0));
  if (!moment) return frame.fail("to_date: " + moment.error());
  return Cell::make(CellKind::date, day_of(*moment));
}

Cell seconds_to_timestamp(Frame& frame, const Call& call) {
  const double seconds = call.arguments[0].d;
  if (std::isinf(seconds)) return Cell::make(CellKind::timestamp_tz, seconds > 0 ? row::time_infinity : row::time_minus_infinity);
  if (!(seconds > -2.2e11 && seconds < 9.2233e12)) return frame.fail("timestamp out of range");
  // PostgreSQL counts from 2000 and rounds there, half to even.
  const double since = (seconds - 946'684'800.0) * 1e6;
  const std::int64_t micro = static_cast<std::int64_t>(std::nearbyint(since)) + 946'684'800'000'000LL;
  return in_timestamp_range(micro) ? Cell::make(CellKind::timestamp_tz, micro) : frame.fail("timestamp out of range");
}

// --- making --------------------------------------------------------------------------------------------------------------------

std::optional<std::int64_t> day_of_parts(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (year == 0 || year > 5'874'897 || year < -4713 || month < 1 || month > 12) return std::nullopt;
  const std::int64_t astronomical = year < 0 ? year + 1 : year;
  if (day < 1 || day > days_in_month(astronomical, static_cast<int>(month))) return std::nullopt;
  return days_from_civil({astronomical, static_cast<int>(month), static_cast<int>(day)});
}

Cell make_date(Frame& frame, const Call& call) {
  const auto day = day_of_parts(call.integer(0), call.integer(1), call.integer(2));
  return day && in_date_range(*day) ? Cell::make(CellKind::date, *day) : frame.fail("date field value out of range");
}

std::optional<std::int64_t> time_of_parts(std::int64_t hour, std::int64_t minute, double seconds) {
  const double rounded = std::nearbyint(seconds * 1e6);
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(rounded >= 0 && rounded <= 60e6)) return std::nullopt;
  const std::int64_t micro = (hour * 3600 + minute * 60) * microseconds_per_second + static_cast<std::int64_t>(rounded);
  return micro <= microseconds_per_day ? std::optional(micro) : std::nullopt;
}

Cell make_time(Frame& frame, const Call& call) {
  const auto time = time_of_parts(call.integer(0), call.integer(1), call.arguments[2].d);
  return time ? Cell::make(CellKind::time, *time) : frame.fail("time field value out of range");
}

template <CellKind Kind>
Cell make_timestamp(Frame& frame, const Call& call) {
  const auto day = day_of_parts(call.integer(0), call.integer(1), call.integer(2));
  const auto time = time_of_parts(call.integer(3), call.integer(4), call.arguments[5].d);
  std::int64_t micro = 0;
  if (!day || !time || __builtin_mul_overflow(*day, microseconds_per_day, &micro) || __builtin_add_overflow(micro, *time, &micro) ||
      !in_timestamp_range(micro))
    return frame.fail("timestamp field value out of range");
  return Cell::make(Kind, micro);
}

Cell now(Frame& frame, const Call&) { return Cell::make(CellKind::timestamp_tz, frame.context.now); }

Cell is_finite(Frame&, const Call& call) {
  return Cell::boolean(call.arguments[0].kind == CellKind::interval || !is_infinite_time(call.arguments[0]));
}

}  // namespace

IsoWeek iso_week_of(std::int64_t day) {
  // The week belongs to the year of its Thursday; 1970-01-01 was one.
  const std::int64_t thursday = day - ((day + 3) % 7 + 7) % 7 + 3;
  const std::int64_t year = civil_from_days(thursday).year;
  return {year, static_cast<int>((thursday - days_from_civil({year, 1, 1})) / 7) + 1};
}

std::vector<Function> time_functions() {
  using enum Sql;
  std::vector<Function> table = field_functions();
  const auto zoned = [](Function function) { return prepared(std::move(function), prepare_zone, {0}, true); };
  const auto formatted = [](Function function, Prepare prepare = prepare_time_format) {
    return prepared(std::move(function), prepare, {1});
  };
  const std::vector<Function> own = {
      zoned(run("timezone", {text, timestamptz}, timestamp, to_local,
                "x AT TIME ZONE 'Europe/Berlin': the local time of a timestamptz, the moment of a timestamp. Also 'UTC', abbreviations, "
                "'+02' (west, as POSIX has it)")),
      zoned(run("timezone", {text, timestamp}, timestamptz, from_local)),
      run("timezone", {interval, timestamptz}, timestamp, shifted_zone),
      run("timezone", {interval, timestamp}, timestamptz, shifted_zone),
      formatted(run("to_char", {timestamptz, text}, text, to_char_time,
                    "to_char(x, 'YYYY-MM-DD HH24:MI:SS'): PostgreSQL's patterns; a timestamptz in UTC")),
      formatted(run("to_char", {timestamp, text}, text, to_char_time)),
      run("to_timestamp", {float8}, timestamptz, seconds_to_timestamp, "to_timestamp(seconds): since 1970"),
      formatted(run("to_timestamp", {text, text}, timestamptz, text_to_timestamp,
                    "to_timestamp(text, pattern), to_date(text, pattern): YYYY YY MM MON MONTH DD DDD HH24 HH12 MI SS MS US AM"),
                prepare_time_reader),
      formatted(run("to_date", {text, text}, date, text_to_date), prepare_time_reader),
      run("make_date", {int4, int4, int4}, date, make_date,
          "make_date(year, month, day), make_time(hour, minute, seconds), make_timestamp(year, ..., seconds), make_timestamptz(...): in "
          "UTC"),
      run("make_time", {int4, int4, float8}, time, make_time),
      run("make_timestamp", {int4, int4, int4, int4, int4, float8}, timestamp, make_timestamp<CellKind::timestamp>),
      run("make_timestamptz", {int4, int4, int4, int4, int4, float8}, timestamptz, make_timestamp<CellKind::timestamp_tz>),
      run("isfinite", {timestamptz}, boolean, is_finite, "isfinite(x): neither infinity nor -infinity"),
      run("isfinite", {timestamp}, boolean, is_finite),
      run("isfinite", {date}, boolean, is_finite),
      run("isfinite", {interval}, boolean, is_finite),
      run("now", {}, timestamptz, now, "now(), current_timestamp, current_date, localtimestamp: the snapshot's time"),
  };
  table.insert(table.end(), own.begin(), own.end());
  return table;
}

}  // namespace itemize::expr
