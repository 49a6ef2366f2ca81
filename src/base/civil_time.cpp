#include "base/civil_time.h"

#include <cstring>
#include <limits>

namespace itemize {
namespace {

constexpr char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566"
    "676869"
    "707172737475767778798081828384858687888990919293949596979899";

char* two(char* out, unsigned value) {
  std::memcpy(out, digit_pairs + 2 * value, 2);
  return out + 2;
}

char* number(char* out, std::uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = static_cast<char>('0' + value % 10);
  while ((value /= 10) != 0);
  while (count > 0) *out++ = digits[--count];
  return out;
}

char* fraction(char* out, unsigned microseconds, int precision) {
  if (precision < 0) precision = 6;
  if (precision == 0) return out;
  char digits[6];
  two(digits, microseconds / 10'000);
  two(digits + 2, microseconds / 100 % 100);
  two(digits + 4, microseconds % 100);
  *out++ = '.';
  std::memcpy(out, digits, static_cast<std::size_t>(precision));
  return out + precision;
}

/// Reads text from the front; every reader leaves it untouched when it fails.
struct Scanner {
  std::string_view text;

  bool skip(char byte) {
    if (text.empty() || text.front() != byte) return false;
    text.remove_prefix(1);
    return true;
  }
  std::optional<std::int64_t> digits(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    std::int64_t value = 0;
    while (count < text.size() && count < most && text[count] >= '0' && text[count] <= '9') value = value * 10 + (text[count++] - '0');
    if (count < least) return std::nullopt;
    text.remove_prefix(count);
    return value;
  }
  std::optional<std::int64_t> micro_fraction() {
    std::int64_t value = 0;
    int count = 0;
    bool round_up = false;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++count) {
      if (count < 6)
        value = value * 10 + (text.front() - '0');
      else if (count == 6)
        round_up = text.front() >= '5';
    }
    if (count == 0) return std::nullopt;
    for (; count < 6; ++count) value *= 10;
    return value + (round_up ? 1 : 0);
  }
};

std::optional<std::int64_t> scan_date(Scanner& scan) {
  const bool minus = scan.skip('-');
  const bool expanded = minus || scan.skip('+');
  const auto year = scan.digits(4, expanded ? 7 : 6);
  if (!year || !scan.skip('-')) return std::nullopt;
  const auto month = scan.digits(1, 2);
  if (!month || !scan.skip('-')) return std::nullopt;
  const auto day = scan.digits(1, 2);
  const std::int64_t signed_year = minus ? -*year : *year;
  if (!day || *month < 1 || *month > 12 || *day < 1 || *day > days_in_month(signed_year, static_cast<int>(*month))) return std::nullopt;
  return days_from_civil({signed_year, static_cast<int>(*month), static_cast<int>(*day)});
}

std::optional<std::int64_t> scan_time(Scanner& scan) {
  const bool minus = scan.skip('-');
  const auto hour = scan.digits(1, 9);
  if (!hour || !scan.skip(':')) return std::nullopt;
  const auto minute = scan.digits(1, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t micro = (*hour * 3600 + *minute * 60) * microseconds_per_second;
  if (scan.skip(':')) {
    const auto second = scan.digits(1, 2);
    if (!second || *second > 60) return std::nullopt;
    micro += *second * microseconds_per_second;
    if (scan.skip('.')) {
      const auto part = scan.micro_fraction();
      if (!part) return std::nullopt;
      micro += *part;
    }
  }
  return minus ? -micro : micro;
}

/// Seconds east of UTC.
std::optional<std::int64_t> scan_offset(Scanner& scan) {
  if (scan.skip('Z') || scan.skip('z')) return 0;
  const bool west = scan.skip('-');
  if (!west && !scan.skip('+')) return std::nullopt;
  const auto hour = scan.digits(2, 2);
  if (!hour) return std::nullopt;
  std::int64_t seconds = *hour * 3600;
  scan.skip(':');
  if (const auto minute = scan.digits(2, 2)) {
    seconds += *minute * 60;
    if (scan.skip(':')) seconds += scan.digits(2, 2).value_or(0);
  }
  return west ? -seconds : seconds;
}

}  // namespace

std::int64_t days_from_civil(CivilDate date) {
  // Years counted from 1 March, so that the leap day ends a year; 400-year eras of 146,097 days.
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;  // 719,468 days from 0000-03-01 to 1970-01-01
}

CivilDate civil_from_days(std::int64_t days) {
  // Eras of 400 years make the rest fit into 32 bits; within one, divisions become multiplications (Neri and Schneider, "Euclidean
  // affine functions and their application to calendar algorithms", 2022).
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<std::uint32_t>(days - era * 146'097);
  const std::uint32_t quarter_days = 4 * day_of_era + 3;
  const std::uint32_t century = quarter_days / 146'097;
  const std::uint32_t day_of_century = quarter_days % 146'097 / 4;
  const std::uint64_t product = std::uint64_t{2'939'745} * (4 * day_of_century + 3);
  const auto year_of_century = static_cast<std::uint32_t>(product >> 32);
  const std::uint32_t day_of_year = static_cast<std::uint32_t>(product) / 2'939'745 / 4;
  const std::uint32_t month_and_day = 2141 * day_of_year + 197'913;
  const std::uint32_t month = month_and_day >> 16;  // from March on: 3 to 14
  const bool next_year = day_of_year >= 306;
  return {era * 400 + 100 * century + year_of_century + (next_year ? 1 : 0), static_cast<int>(next_year ? month - 12 : month),
          static_cast<int>((month_and_day & 0xFFFF) / 2141 + 1)};
}

int days_in_month(std::int64_t year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return 0;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[month - 1];
}

char* append_date(char* out, std::int64_t days) {
  const CivilDate date = civil_from_days(days);
  if (date.year >= 0 && date.year <= 9999) {
    out = two(out, static_cast<unsigned>(date.year / 100));
    out = two(out, static_cast<unsigned>(date.year % 100));
  } else {
    *out++ = date.year < 0 ? '-' : '+';
    const auto year = static_cast<std::uint64_t>(date.year < 0 ? -date.year : date.year);
    for (std::uint64_t limit = 1000; limit > 1 && year < limit; limit /= 10) *out++ = '0';
    out = number(out, year);
  }
  *out++ = '-';
  out = two(out, static_cast<unsigned>(date.month));
  *out++ = '-';
  return two(out, static_cast<unsigned>(date.day));
}

char* append_time(char* out, std::int64_t microseconds, int precision) {
  std::uint64_t micro = static_cast<std::uint64_t>(microseconds);
  if (microseconds < 0) {
    *out++ = '-';
    micro = 0 - micro;
  }
  const std::uint64_t seconds = micro / microseconds_per_second;
  const std::uint64_t hours = seconds / 3600;
  if (hours < 100)
    out = two(out, static_cast<unsigned>(hours));
  else
    out = number(out, hours);
  *out++ = ':';
  out = two(out, static_cast<unsigned>(seconds / 60 % 60));
  *out++ = ':';
  out = two(out, static_cast<unsigned>(seconds % 60));
  return fraction(out, static_cast<unsigned>(micro % microseconds_per_second), precision);
}

char* append_offset(char* out, std::int32_t seconds_east) {
  *out++ = seconds_east < 0 ? '-' : '+';
  const auto seconds = static_cast<std::uint32_t>(seconds_east < 0 ? -static_cast<std::int64_t>(seconds_east) : seconds_east);
  out = two(out, seconds / 3600 % 100);
  *out++ = ':';
  out = two(out, seconds / 60 % 60);
  if (seconds % 60 == 0) return out;
  *out++ = ':';
  return two(out, seconds % 60);
}

char* append_timestamp(char* out, std::int64_t microseconds, int precision, bool utc, char separator) {
  const std::int64_t day = day_of(microseconds);
  out = append_date(out, day);
  *out++ = separator;
  const std::int64_t time = microseconds % microseconds_per_day;   // the product of the first day there is would not fit
  out = append_time(out, time < 0 ? time + microseconds_per_day : time, precision);
  if (utc) *out++ = 'Z';
  return out;
}

char* append_interval(char* out, std::int32_t months, std::int32_t days, std::int64_t microseconds) {
  const char* const start = out;
  const auto part = [&out](std::int64_t value, char unit) {
    if (value == 0) return;
    if (value < 0) *out++ = '-';
    out = number(out, value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
    *out++ = unit;
  };
  *out++ = 'P';
  part(months / 12, 'Y');
  part(months % 12, 'M');
  part(days, 'D');
  if (microseconds != 0) {
    *out++ = 'T';
    part(microseconds / (3600 * microseconds_per_second), 'H');
    part(microseconds / (60 * microseconds_per_second) % 60, 'M');
    const std::int64_t rest = microseconds % (60 * microseconds_per_second);
    if (rest != 0) {
      if (rest < 0) *out++ = '-';
      const auto micro = static_cast<std::uint64_t>(rest < 0 ? -rest : rest);
      out = number(out, micro / microseconds_per_second);
      if (micro % microseconds_per_second != 0) {
        out = fraction(out, static_cast<unsigned>(micro % microseconds_per_second), 6);
        while (out[-1] == '0') --out;
      }
      *out++ = 'S';
    }
  }
  if (out - start == 1) {
    std::memcpy(out, "T0S", 3);
    out += 3;
  }
  return out;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  Scanner scan{text};
  const auto days = scan_date(scan);
  return days && scan.text.empty() ? days : std::nullopt;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  Scanner scan{text};
  const auto micro = scan_time(scan);
  return micro && scan.text.empty() ? micro : std::nullopt;
}

std::optional<ParsedTimestamp> parse_timestamp(std::string_view text) {
  Scanner scan{text};
  const auto days = scan_date(scan);
  if (!days) return std::nullopt;
  ParsedTimestamp result;
  std::int64_t time = 0;
  if (scan.skip('T') || scan.skip('t') || scan.skip(' ')) {
    const auto parsed = scan_time(scan);
    if (!parsed || *parsed < 0 || *parsed > microseconds_per_day) return std::nullopt;
    time = *parsed;
    result.has_time = true;
    if (!scan.text.empty()) {
      const auto offset = scan_offset(scan);
      if (!offset) return std::nullopt;
      result.has_offset = true;
      time -= *offset * microseconds_per_second;
    }
  }
  if (!scan.text.empty()) return std::nullopt;
  // PostgreSQL's last timestamp is in the year 294276; beyond it a 64-bit count would overflow.
  if (*days > std::numeric_limits<std::int64_t>::max() / microseconds_per_day - 2 ||
      *days < std::numeric_limits<std::int64_t>::min() / microseconds_per_day + 2)
    return std::nullopt;
  result.microseconds = *days * microseconds_per_day + time;
  return result;
}

}  // namespace itemize
