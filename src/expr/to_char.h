// to_char for times: PostgreSQL's template patterns (manual, table 9.27).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace itemize::expr {

std::string format_time(std::int64_t microseconds, std::string_view pattern, bool utc);

struct IsoWeek {
  std::int64_t year = 0;
  int week = 0;
};
IsoWeek iso_week_of(std::int64_t day);

}  // namespace itemize::expr
