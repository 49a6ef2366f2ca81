#include "source/postgres/value_decoder.h"

#include <bit>
#include <charconv>

#include "base/civil_time.h"
#include "source/postgres/wire.h"

namespace itemize::source::postgres {
namespace {

using row::Cell;
using row::CellKind;

/// PostgreSQL counts from 2000-01-01.
constexpr std::int64_t epoch_days = 10957;
constexpr std::int64_t epoch_microseconds = epoch_days * microseconds_per_day;

template <class Integer>
Cell integer_cell(std::string_view wire) {
  if (wire.size() != sizeof(Integer)) [[unlikely]]
    return invalid("an integer of another width than its type's");
  return Cell::integer(static_cast<std::int64_t>(load<Integer>(wire.data())));
}

Cell timestamp_cell(std::string_view wire, CellKind kind) {
  if (wire.size() != 8) [[unlikely]]
    return invalid("a timestamp that is not 8 bytes");
  const auto value = load<std::int64_t>(wire.data());
  if (value == std::numeric_limits<std::int64_t>::max()) return Cell::make(kind, row::time_infinity);
  if (value == std::numeric_limits<std::int64_t>::min()) return Cell::make(kind, row::time_minus_infinity);
  std::int64_t moved = 0;
  if (__builtin_add_overflow(value, epoch_microseconds, &moved))
    return invalid("a timestamp after the year 294246 cannot be kept");  // PostgreSQL goes on to 294276
  return Cell::make(kind, moved);
}

}  // namespace

Cell invalid(std::string_view sentence) {
  Cell cell = Cell::view_of(CellKind::invalid, sentence);
  cell.flags = row::invalid_value;
  return cell;
}

Cell decode_bool(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() != 1) [[unlikely]]
    return invalid("a boolean that is not one byte");
  return Cell::boolean(wire[0] != 0);
}

Cell decode_int2(const ValueDecoder&, std::string_view wire, Arena&) { return integer_cell<std::int16_t>(wire); }
Cell decode_int4(const ValueDecoder&, std::string_view wire, Arena&) { return integer_cell<std::int32_t>(wire); }
Cell decode_int8(const ValueDecoder&, std::string_view wire, Arena&) { return integer_cell<std::int64_t>(wire); }
Cell decode_uint4(const ValueDecoder&, std::string_view wire, Arena&) { return integer_cell<std::uint32_t>(wire); }

Cell decode_uint8(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() != 8) [[unlikely]]
    return invalid("an integer of another width than its type's");
  Cell cell;
  cell.u = load<std::uint64_t>(wire.data());
  cell.kind = CellKind::uint64;
  return cell;
}

Cell decode_float4(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() != 4) [[unlikely]]
    return invalid("a float4 that is not 4 bytes");
  return Cell::real(CellKind::float32, std::bit_cast<float>(load<std::uint32_t>(wire.data())));
}

Cell decode_float8(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() != 8) [[unlikely]]
    return invalid("a float8 that is not 8 bytes");
  return Cell::real(CellKind::float64, std::bit_cast<double>(load<std::uint64_t>(wire.data())));
}

/// Stays as it came; the digits are only looked at where they are written out (base/decimal.h checks them).
Cell decode_numeric(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() < 8) [[unlikely]]
    return invalid("a numeric that is too short");
  return Cell::view_of(CellKind::decimal_wire, wire);
}

/// An integer of the smallest unit: how many digits stand after the point is a matter of lc_monetary, not of the bytes.
Cell decode_money(const ValueDecoder& self, std::string_view wire, Arena& arena) {
  if (wire.size() != 8) [[unlikely]]
    return invalid("a money value that is not 8 bytes");
  const auto value = load<std::int64_t>(wire.data());
  const std::uint64_t magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  char digits[24];
  const std::size_t count = static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, magnitude).ptr - digits);
  const auto scale = static_cast<std::size_t>(self.scale);
  const std::size_t zeros = count <= scale ? scale + 1 - count : 0;
  char* const text = arena.allocate(count + zeros + 2);
  char* to = text;
  if (value < 0) *to++ = '-';
  for (std::size_t place = 0; place < zeros + count; ++place) {
    if (scale > 0 && place == zeros + count - scale) *to++ = '.';
    *to++ = place < zeros ? '0' : digits[place - zeros];
  }
  return Cell::view_of(CellKind::decimal_text, {text, static_cast<std::size_t>(to - text)});
}

Cell decode_text(const ValueDecoder&, std::string_view wire, Arena&) { return Cell::text(wire); }
Cell decode_bytea(const ValueDecoder&, std::string_view wire, Arena&) { return Cell::view_of(CellKind::bytes, wire); }
Cell decode_json(const ValueDecoder&, std::string_view wire, Arena&) { return Cell::view_of(CellKind::json, wire); }

Cell decode_jsonb(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.empty() || wire[0] != 1) [[unlikely]]
    return invalid("a jsonb value in a form that is not known (version 1 is)");
  return Cell::view_of(CellKind::json, wire.substr(1));
}

Cell decode_uuid(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() != 16) [[unlikely]]
    return invalid("a uuid that is not 16 bytes");
  return Cell::view_of(CellKind::uuid, wire);
}

Cell decode_date(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() != 4) [[unlikely]]
    return invalid("a date that is not 4 bytes");
  const auto value = load<std::int32_t>(wire.data());
  if (value == std::numeric_limits<std::int32_t>::max()) return Cell::make(CellKind::date, row::time_infinity);
  if (value == std::numeric_limits<std::int32_t>::min()) return Cell::make(CellKind::date, row::time_minus_infinity);
  return Cell::make(CellKind::date, value + epoch_days);
}

Cell decode_time(const ValueDecoder&, std::string_view wire, Arena&) {
  if (wire.size() != 8) [[unlikely]]
    return invalid("a time that is not 8 bytes");
  const auto value = load<std::int64_t>(wire.data());
  if (value < 0 || value > microseconds_per_day) [[unlikely]]
    return invalid("a time outside the day");
  return Cell::make(CellKind::time, value);
}

/// The zone is sent in seconds west of UTC.
Cell decode_timetz(const ValueDecoder& self, std::string_view wire, Arena& arena) {
  if (wire.size() != 12) [[unlikely]]
    return invalid("a time with time zone that is not 12 bytes");
  Cell cell = decode_time(self, wire.substr(0, 8), arena);
  if (cell.kind == CellKind::invalid) return cell;
  const auto west = load<std::int32_t>(wire.data() + 8);
  if (west < -86'400 || west > 86'400) [[unlikely]]
    return invalid("a time zone beyond a day");
  cell.kind = CellKind::time_tz;
  cell.size = static_cast<std::uint32_t>(-west);
  return cell;
}

Cell decode_timestamp(const ValueDecoder&, std::string_view wire, Arena&) { return timestamp_cell(wire, CellKind::timestamp); }
Cell decode_timestamptz(const ValueDecoder&, std::string_view wire, Arena&) { return timestamp_cell(wire, CellKind::timestamp_tz); }

Cell decode_interval(const ValueDecoder&, std::string_view wire, Arena& arena) {
  if (wire.size() != 16) [[unlikely]]
    return invalid("an interval that is not 16 bytes");
  auto* const interval = arena.allocate_array<row::Interval>(1);
  *interval = {load<std::int64_t>(wire.data()), load<std::int32_t>(wire.data() + 8), load<std::int32_t>(wire.data() + 12)};
  // PostgreSQL 17: all three at their end.
  constexpr auto most = std::numeric_limits<std::int32_t>::max();
  constexpr auto least = std::numeric_limits<std::int32_t>::min();
  if ((interval->months == most && interval->days == most && interval->microseconds == std::numeric_limits<std::int64_t>::max()) ||
      (interval->months == least && interval->days == least && interval->microseconds == std::numeric_limits<std::int64_t>::min()))
    return invalid("an infinite interval cannot be written");
  Cell cell;
  cell.kind = CellKind::interval;
  cell.interval = interval;
  return cell;
}

}  // namespace itemize::source::postgres
