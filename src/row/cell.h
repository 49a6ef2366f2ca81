// Cell: one value of one row, 16 bytes, pointing into the batch's arena for all that is larger.
//
// A closed set of encodings, shared by every source. Wide values stay in the wire form that the engine sent
// (base-10000 decimals) and are turned into text only where a template or an attribute needs them.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace itemize::row {

enum class CellKind : std::uint8_t {
  null,
  boolean,       ///< i: 0 or 1
  int64,         ///< i
  uint64,        ///< u
  float32,       ///< d holds the float widened exactly
  float64,       ///< d
  decimal_text,  ///< text: [-]digits[.digits], no exponent; also "NaN", "Infinity", "-Infinity"
  decimal_wire,  ///< data: PostgreSQL's numeric_send form: int16 big-endian ndigits, weight, sign, dscale, digits (base 10000)
  text,          ///< data: text that should be UTF-8; whoever writes it out must check
  bytes,         ///< data
  uuid,          ///< data: 16 bytes
  json,          ///< data: JSON text, not yet validated
  date,          ///< i: days since 1970-01-01, or time_infinity / time_minus_infinity
  time,          ///< i: microseconds since midnight, 0..86400000000 (MySQL: may be negative or beyond a day)
  time_tz,       ///< i: microseconds since local midnight; size holds the zone's offset east of UTC in seconds (as int32)
  timestamp,     ///< i: microseconds since 1970-01-01T00:00:00, proleptic Gregorian; or time_infinity / time_minus_infinity
  timestamp_tz,  ///< as timestamp, in UTC
  interval,      ///< interval: points to an Interval
  bits,          ///< data: ASCII '0' and '1'
  array,         ///< cells: `size` elements; an inner dimension is an array cell
  composite,     ///< cells: `size` fields, in the Type's order
  map,           ///< cells: `size` entries, each two cells (key text, value)
  range,         ///< cells: 2 bounds (null: unbounded); flags: see RangeFlags
  invalid,       ///< data: a sentence saying what is wrong with the value (zero date, broken encoding); `flags` holds InvalidReason
};

enum RangeFlags : std::uint8_t { range_lower_inclusive = 1, range_upper_inclusive = 2, range_empty = 4 };
enum InvalidReason : std::uint8_t { invalid_utf8 = 1, invalid_zero_date = 2, invalid_value = 3 };

inline constexpr std::int64_t time_infinity = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t time_minus_infinity = std::numeric_limits<std::int64_t>::min();

/// ISO 8601 duration parts as PostgreSQL keeps them: they are not convertible into one another.
struct Interval {
  std::int64_t microseconds = 0;
  std::int32_t days = 0;
  std::int32_t months = 0;
};

struct Cell {
  union {
    std::int64_t i = 0;
    std::uint64_t u;
    double d;
    const char* data;
    const Cell* cells;
    const Interval* interval;
  };
  std::uint32_t size = 0;
  CellKind kind = CellKind::null;
  std::uint8_t flags = 0;
  std::uint16_t reserved = 0;

  bool is_null() const { return kind == CellKind::null; }
  std::string_view view() const { return {data, size}; }
  std::span<const Cell> children() const {
    return {cells, kind == CellKind::map || kind == CellKind::range ? std::size_t{size} * 2 : size};
  }

  static Cell null() { return {}; }
  static Cell integer(std::int64_t value) { return make(CellKind::int64, value); }
  static Cell boolean(bool value) { return make(CellKind::boolean, value ? 1 : 0); }
  /// Any kind whose value is `i`.
  static Cell make(CellKind kind, std::int64_t value) {
    Cell cell;
    cell.i = value;
    cell.kind = kind;
    return cell;
  }
  static Cell real(CellKind kind, double value) {
    Cell cell;
    cell.d = value;
    cell.kind = kind;
    return cell;
  }
  /// Any kind whose value is bytes; they are not copied.
  static Cell view_of(CellKind kind, std::string_view value) {
    Cell cell;
    cell.data = value.data();
    cell.size = static_cast<std::uint32_t>(value.size());
    cell.kind = kind;
    return cell;
  }
  static Cell text(std::string_view value) { return view_of(CellKind::text, value); }
  /// Any kind whose value is cells; `count` as the kind counts them (map: entries; range: 1).
  static Cell nested(CellKind kind, const Cell* cells, std::size_t count) {
    Cell cell;
    cell.cells = cells;
    cell.size = static_cast<std::uint32_t>(count);
    cell.kind = kind;
    return cell;
  }
};
static_assert(sizeof(Cell) == 16);

}  // namespace itemize::row
