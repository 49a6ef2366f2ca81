// to_char, to_timestamp and to_date for times: PostgreSQL's template patterns (manual, table 9.27), compiled once.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "expr/functions.h"

namespace itemize::expr {

struct TimePattern;  ///< One of the table's patterns ("YYYY").

class TimeFormat {
 public:
  struct Step {
    const TimePattern* pattern = nullptr;  ///< Null: `text` is fixed.
    std::string text;
    bool separator = false;  ///< Fixed text that is no letter and no digit: loose when it is read.
    bool fill = true;        ///< Not FM.
    enum class Ordinal : std::uint8_t { none, small, capital } ordinal = Ordinal::none;
  };

  explicit TimeFormat(std::string_view pattern);
  const std::vector<Step>& steps() const { return steps_; }

  /// `zoned`: TZ is UTC, otherwise nothing.
  void write(std::int64_t microseconds, bool zoned, Buffer& out) const;
  /// A moment in microseconds since 1970; or what does not fit, in a sentence.
  std::expected<std::int64_t, std::string> read(std::string_view text) const;
  /// What cannot be read back by read(), if anything.
  std::string unreadable() const;

 private:
  std::vector<Step> steps_;
};

Prepared prepare_time_format(std::span<const std::string_view> literals);
Prepared prepare_time_reader(std::span<const std::string_view> literals);

/// The fields that can be read; `none` for patterns that are only written.
enum class ReadField : std::uint8_t {
  none,
  year,
  short_year,
  month,
  month_name,
  month_short,
  day,
  day_of_year,
  hour24,
  hour12,
  minute,
  second,
  milli,
  micro,
  seconds_of_day,
  half_day
};

/// A moment taken apart.
struct MomentParts;
struct TimePattern {
  std::string_view name;
  void (*write)(const MomentParts&, const TimeFormat::Step&, Buffer& out);
  bool is_number;  ///< TH may follow, and digits are read.
  ReadField field = ReadField::none;
};

struct IsoWeek {
  std::int64_t year = 0;
  int week = 0;
};
IsoWeek iso_week_of(std::int64_t day);

/// "January" ... "December".
std::string_view month_name(int month);

}  // namespace itemize::expr
