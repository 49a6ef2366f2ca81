// Civil time: days and microseconds as dates and times in ISO 8601, proleptic Gregorian, astronomical years (1 BC is year 0).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace itemize {

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t microseconds_per_day = 86'400 * microseconds_per_second;

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};

/// Days since 1970-01-01, and back. Exact for every year that fits.
std::int64_t days_from_civil(CivilDate date);
CivilDate civil_from_days(std::int64_t days);
/// 1-31; 0 for a month that is none.
int days_in_month(std::int64_t year, int month);
/// Floor division by days: the day that a timestamp lies in.
inline std::int64_t day_of(std::int64_t microseconds) {
  const std::int64_t day = microseconds / microseconds_per_day;
  return microseconds % microseconds_per_day < 0 ? day - 1 : day;
}

/// The appenders write at `out` and return the end; `iso_time_capacity` bytes are always enough.
inline constexpr std::size_t iso_time_capacity = 80;

/// "2024-02-29"; years outside 0000-9999 as ISO 8601 expanded: "-0043-03-15", "+12345-01-01".
char* append_date(char* out, std::int64_t days);
/// "12:34:56.123456" with `precision` digits (0-6; -1 means 6). Also negative times and beyond a day: "-12:00:00", "838:59:59".
char* append_time(char* out, std::int64_t microseconds, int precision);
/// "+02:00", with seconds where they are not zero; "Z" is not used: a time with zone keeps its offset.
char* append_offset(char* out, std::int32_t seconds_east);
/// "2024-02-29T12:34:56.123456", with 'Z' where `utc`. `separator` 'T' or ' '.
char* append_timestamp(char* out, std::int64_t microseconds, int precision, bool utc, char separator = 'T');
/// ISO 8601 duration as PostgreSQL's iso_8601 style: "P1Y2M3DT4H5M6.789S", "PT0S", each part with its own sign.
char* append_interval(char* out, std::int32_t months, std::int32_t days, std::int64_t microseconds);

/// The inverse of the appenders, also taking ' ' for 'T', fewer fraction digits, and a missing time. Nothing else may follow.
/// `has_offset` tells a zone ("Z", "+02", "+02:00", "+0200"), which is then already taken off (the result is UTC).
struct ParsedTimestamp {
  std::int64_t microseconds = 0;
  bool has_offset = false;
  bool has_time = false;
};
std::optional<std::int64_t> parse_date(std::string_view text);
std::optional<std::int64_t> parse_time(std::string_view text);
std::optional<ParsedTimestamp> parse_timestamp(std::string_view text);

}  // namespace itemize
