// The names of units and fields that EXTRACT, date_part and date_trunc take.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "expr/functions.h"

namespace itemize::expr {

enum class Unit : std::uint8_t {
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year,
  decade,
  century,
  millennium,
  epoch,
  dow,
  isodow,
  doy,
  isoyear,
  julian,
  timezone,
  timezone_hour,
  timezone_minute,
};
/// PostgreSQL's spellings: "month", "months", "mon", "MONTH", ...
std::optional<Unit> unit_named(std::string_view name);
/// Compiles the name into a Unit.
Prepared prepare_unit(std::span<const std::string_view> literals);

/// date_trunc of a moment without a zone, in microseconds; none for units that are no spans of time, or where the result is out of range.
std::optional<std::int64_t> truncated(std::int64_t microseconds, Unit unit);

std::vector<Function> field_functions();  ///< extract, date_part, date_trunc

}  // namespace itemize::expr
