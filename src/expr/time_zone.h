// TimeZone: the offsets of a zone of the IANA database, read from the system's tzdata (TZif, RFC 8536).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace itemize::expr {

class TimeZone {
 public:
  /// "Europe/Berlin" (without regard to case), "UTC", an abbreviation of PostgreSQL's ("CET" is +01 all year), or an offset of POSIX
  /// ("+02" lies west of Greenwich, as in PostgreSQL). A sentence where it is not known.
  static std::expected<TimeZone, std::string> named(std::string_view name);
  static TimeZone fixed(std::int32_t seconds_east);
  /// The content of a TZif file.
  static std::expected<TimeZone, std::string> parse(std::string_view content);

  /// Seconds east of UTC at a moment given in seconds since 1970.
  std::int32_t offset_at(std::int64_t utc) const;
  /// The moment of a local time (both in seconds since 1970). A time that is skipped is read with the offset before the change, one
  /// that comes twice with the offset after it: PostgreSQL's choice.
  std::int64_t to_utc(std::int64_t local) const;

 private:
  struct Change {
    std::int64_t at = 0;
    std::int32_t after = 0;  ///< The offset from then on.
  };
  /// "M3.5.0/2": month, week (5: the last), day of the week, seconds into the day; or a day of the year.
  struct Rule {
    enum class Kind : std::uint8_t { month_week_day, julian, day_of_year } kind = Kind::month_week_day;
    int month = 0, week = 0, day = 0;
    std::int64_t time = 7200;
    std::int64_t local_seconds(std::int64_t year) const;
  };
  bool parse_footer(std::string_view text);
  /// The next change behind `utc`, and the offset before it; false where there is none.
  bool next_change(std::int64_t utc, Change& change, std::int32_t& before) const;
  std::vector<Change> changes_of_year(std::int64_t year) const;

  std::int32_t first_ = 0;  ///< Before the first change.
  std::vector<Change> changes_;
  bool has_rules_ = false;  ///< What holds behind the last change of the file.
  std::int32_t standard_ = 0;
  std::int32_t summer_ = 0;
  Rule to_summer_;
  Rule to_standard_;
};

}  // namespace itemize::expr
