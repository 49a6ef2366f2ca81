// Dates, times and timestamps from and to text, and between one another.
#include <cmath>
#include <cstring>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/text_basics.h"

namespace itemize::expr {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;

namespace {

constexpr std::int64_t microseconds_to_2000 = 946'684'800LL * microseconds_per_second;

/// To `precision` digits of a second, half away from PostgreSQL's epoch (2000-01-01).
std::int64_t rounded(std::int64_t microseconds, int precision, std::int64_t epoch) {
  if (precision < 0 || precision >= 6) return microseconds;
  std::int64_t unit = 1;
  for (int digit = precision; digit < 6; ++digit) unit *= 10;
  const std::int64_t since = microseconds - epoch;
  const std::int64_t away = since >= 0 ? (since + unit / 2) / unit * unit : -((-since + unit / 2) / unit * unit);
  return away + epoch;
}

CellKind kind_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::date:
      return CellKind::date;
    case TypeKind::time:
      return CellKind::time;
    case TypeKind::time_tz:
      return CellKind::time_tz;
    case TypeKind::timestamp:
      return CellKind::timestamp;
    default:
      return CellKind::timestamp_tz;
  }
}

Cell zoned_time(std::int64_t microseconds, std::int32_t east) {
  Cell cell = Cell::make(CellKind::time_tz, microseconds);
  cell.size = static_cast<std::uint32_t>(east);
  return cell;
}

/// From a moment in microseconds (never infinite).
Cell from_moment(Frame& frame, std::int64_t micro, const Type& to) {
  const std::int64_t time = micro - day_of(micro) * microseconds_per_day;
  switch (to.kind) {
    case TypeKind::date:
      return Cell::make(CellKind::date, day_of(micro));
    case TypeKind::time:
      return Cell::make(CellKind::time, rounded(time, to.precision, 0));
    case TypeKind::time_tz:
      return zoned_time(rounded(time, to.precision, 0), 0);
    default:
      if (!in_timestamp_range(micro)) return frame.fail("the date is out of range for " + to.name);
      return Cell::make(kind_of(to.kind), rounded(micro, to.precision, microseconds_to_2000));
  }
}

/// Where a zone may begin in "2024-02-29 12:00:00+02": behind the date.
std::size_t zone_of(std::string_view text, std::size_t from) {
  const std::size_t found = text.find_first_of("Zz+-", from);
  return found == std::string_view::npos ? text.size() : found;
}

/// "12:00:00", "12:00:00+02:00".
Cell clock_from_text(Frame& frame, std::string_view original, std::string_view text, const Type& to) {
  const std::size_t zone = zone_of(text, 1);
  const auto time = parse_time(trimmed(text.substr(0, zone)));
  if (!time || *time < 0 || *time > microseconds_per_day) return bad_text(frame, to, original);
  std::int64_t east = 0;
  if (zone < text.size()) {
    const auto parsed = parse_timestamp("2000-01-01T00:00:00" + std::string(text.substr(zone)));
    if (!parsed) return bad_text(frame, to, original);
    east = (microseconds_to_2000 - parsed->microseconds) / microseconds_per_second;
  }
  const std::int64_t micro = rounded(*time, to.precision, 0);
  return to.kind == TypeKind::time ? Cell::make(CellKind::time, micro) : zoned_time(micro, static_cast<std::int32_t>(east));
}

Cell from_text(Frame& frame, std::string_view original, const Type& to) {
  std::string_view text = trimmed(original);
  const std::string lower = map_case(text, false);
  const bool clock = to.kind == TypeKind::time || to.kind == TypeKind::time_tz;
  if (!clock && (lower == "infinity" || lower == "-infinity"))
    return Cell::make(kind_of(to.kind), lower.front() == '-' ? row::time_minus_infinity : row::time_infinity);
  if (!clock && text.starts_with('+')) return bad_text(frame, to, original);
  if (!clock && lower == "epoch") return Cell::make(kind_of(to.kind), 0);
  if (clock && text.find('-', 1) != 4) return clock_from_text(frame, original, text, to);
  const bool before_christ = lower.ends_with(" bc");
  if (before_christ) text = trimmed(text.substr(0, text.size() - 3));
  std::string iso(text);
  const std::size_t year_end = iso.find('-', 1);
  if (year_end == std::string::npos) return bad_text(frame, to, original);
  const bool year_zero = iso.substr(0, year_end).find_first_not_of('0') == std::string::npos;
  if (year_zero) return bad_text(frame, to, original);  // there is none
  if (before_christ && iso.substr(0, year_end).find_first_not_of("0123456789") != std::string::npos) return bad_text(frame, to, original);
  if (before_christ) {
    // 44 BC is the astronomical year -43.
    const int year = 1 - std::atoi(iso.substr(0, year_end).c_str());
    char digits[16];
    std::snprintf(digits, sizeof digits, "%s%04d", year < 0 ? "-" : "", std::abs(year));
    iso = digits + iso.substr(year_end);
  }
  // Only timestamptz takes a zone as such; for the others the written time counts.
  const bool zoned = to.kind == TypeKind::timestamp_tz;
  if (!zoned) {
    const std::size_t time = iso.find(':');
    if (time != std::string::npos && parse_timestamp(iso)) iso = std::string(trimmed(iso.substr(0, zone_of(iso, time))));
  }
  const auto parsed = parse_timestamp(iso);
  if (!parsed || (clock && !parsed->has_time)) return bad_text(frame, to, original);
  return from_moment(frame, parsed->microseconds, to);
}

/// The date of a moment in PostgreSQL's form, without its era.
char* append_plain_date(char* out, std::int64_t day, bool& before_christ) {
  const CivilDate date = civil_from_days(day);
  before_christ = date.year <= 0;
  const std::int64_t year = before_christ ? 1 - date.year : date.year;
  return out + std::snprintf(out, 40, "%04lld-%02d-%02d", static_cast<long long>(year), date.month, date.day);
}

char* append_plain_time(char* out, std::int64_t microseconds) {
  char* end = append_time(out, microseconds, 6);
  while (end[-1] == '0') --end;
  return end[-1] == '.' ? end - 1 : end;
}

}  // namespace

bool in_timestamp_range(std::int64_t microseconds) {
  return microseconds >= -210'866'803'200'000'000LL && microseconds != row::time_infinity;
}
bool fits_timestamp(const Cell& cell) { return cell.kind != CellKind::date || (cell.i >= -2'440'588 && cell.i <= 106'751'990); }
bool in_date_range(std::int64_t days) { return days >= -2'440'588 && days <= 2'145'031'948; }

Cell cast_to_time(Frame& frame, const Cell& cell, const Type& to) {
  switch (cell.kind) {
    case CellKind::text:
      return from_text(frame, cell.view(), to);
    case CellKind::date:
    case CellKind::timestamp:
    case CellKind::timestamp_tz: {
      const bool clock = to.kind == TypeKind::time || to.kind == TypeKind::time_tz;
      if (is_infinite_time(cell)) return clock ? Cell{} : Cell::make(kind_of(to.kind), cell.i);
      if (cell.kind == CellKind::date && to.kind == TypeKind::date) return cell;
      if (cell.kind == CellKind::date && !fits_timestamp(cell)) return frame.fail("the date is out of range for " + to.name);
      return from_moment(frame, microseconds_of(cell), to);
    }
    case CellKind::time:
    case CellKind::time_tz: {
      if (to.kind != TypeKind::time && to.kind != TypeKind::time_tz) break;
      const std::int64_t time = rounded(cell.i, to.precision, 0);
      if (to.kind == TypeKind::time) return Cell::make(CellKind::time, time);
      return zoned_time(time, cell.kind == CellKind::time_tz ? static_cast<std::int32_t>(cell.size) : 0);
    }
    case CellKind::interval: {
      if (to.kind != TypeKind::time) break;
      const std::int64_t micro = cell.interval->microseconds;
      return Cell::make(CellKind::time, rounded(micro - day_of(micro) * microseconds_per_day, to.precision, 0));
    }
    default:
      break;
  }
  return frame.fail("the value is not a valid " + to.name);
}

Cell cast_to_interval(Frame& frame, const Cell& cell, const Type& to) {
  std::optional<row::Interval> value;
  if (cell.kind == CellKind::interval) value = *cell.interval;
  if (cell.kind == CellKind::time) value = row::Interval{cell.i, 0, 0};
  if (cell.kind == CellKind::text) value = parse_interval(cell.view());
  if (!value) return cell.kind == CellKind::text ? bad_text(frame, to, cell.view()) : frame.fail("the value is not an interval");
  value->microseconds = rounded(value->microseconds, to.precision, 0);
  return frame.interval(*value);
}

void append_moment_text(const Cell& cell, Buffer& out) {
  if (is_infinite_time(cell)) {
    out.append(cell.i == row::time_infinity ? "infinity" : "-infinity");
    return;
  }
  char* const start = out.reserve(iso_time_capacity);
  bool before_christ = false;
  char* end = nullptr;
  if (cell.kind == CellKind::date) {
    end = append_plain_date(start, cell.i, before_christ);
  } else {
    const std::int64_t day = day_of(cell.i);
    end = append_plain_date(start, day, before_christ);
    *end++ = ' ';
    end = append_plain_time(end, cell.i - day * microseconds_per_day);
  }
  out.advance(static_cast<std::size_t>(end - start));
  if (cell.kind == CellKind::timestamp_tz) out.append("+00");
  if (before_christ) out.append(" BC");
}

void append_clock_text(const Cell& cell, Buffer& out) {
  char* const start = out.reserve(iso_time_capacity);
  char* end = append_plain_time(start, cell.i);
  if (cell.kind == CellKind::time_tz) {
    end = append_offset(end, static_cast<std::int32_t>(cell.size));
    if (end[-1] == '0' && end[-2] == '0' && end[-3] == ':') end -= 3;  // +02:00 is +02
  }
  out.advance(static_cast<std::size_t>(end - start));
}

void append_interval_text(const row::Interval& value, Buffer& out) {
  // PostgreSQL's own style: "1 year 2 mons -3 days +04:05:06".
  bool any = false;
  bool negative_before = false;
  const auto part = [&](std::int64_t number, const char* unit) {
    if (number == 0) return;
    char text[64];
    const int size = std::snprintf(text, sizeof text, "%s%s%lld %s%s", any ? " " : "", negative_before && number > 0 ? "+" : "",
                                   static_cast<long long>(number), unit, number == 1 ? "" : "s");
    out.append({text, static_cast<std::size_t>(size)});
    any = true;
    negative_before = number < 0;
  };
  part(value.months / 12, "year");
  part(value.months % 12, "mon");
  part(value.days, "day");
  if (any && value.microseconds == 0) return;
  if (any) out.append(' ');
  if (value.microseconds >= 0 && negative_before) out.append('+');
  char* const start = out.reserve(iso_time_capacity);
  out.advance(static_cast<std::size_t>(append_plain_time(start, value.microseconds) - start));
}

}  // namespace itemize::expr
