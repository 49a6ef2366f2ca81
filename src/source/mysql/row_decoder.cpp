#include "source/mysql/row_decoder.h"

#include <bit>
#include <cstring>

#include "base/civil_time.h"

namespace itemize::source::mysql {
namespace {

using row::Cell;
using row::CellKind;
using row::TypeKind;

/// Type bytes of the protocol. All others are length-encoded bytes.
namespace wire {
constexpr std::uint8_t tiny = 1, short_integer = 2, long_integer = 3, float_number = 4, double_number = 5, null = 6, timestamp = 7,
                       long_long = 8, int24 = 9, date = 10, time = 11, datetime = 12, year = 13;
}

static_assert(std::endian::native == std::endian::little, "the protocol's numbers are read as they stand");

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class T>
const char* decode_integer(const char* at, const char* end, const ColumnDecoder&, Cell& cell, Arena&) {
  if (end - at < static_cast<std::ptrdiff_t>(sizeof(T))) return nullptr;
  if constexpr (sizeof(T) == 8 && std::is_unsigned_v<T>) {
    cell.u = load<T>(at);
    cell.kind = CellKind::uint64;
  } else {
    cell.i = static_cast<std::int64_t>(load<T>(at));
    cell.kind = CellKind::int64;
  }
  return at + sizeof(T);
}

template <class T>
const char* decode_real(const char* at, const char* end, const ColumnDecoder&, Cell& cell, Arena&) {
  if (end - at < static_cast<std::ptrdiff_t>(sizeof(T))) return nullptr;
  cell = Cell::real(sizeof(T) == 4 ? CellKind::float32 : CellKind::float64, static_cast<double>(load<T>(at)));
  return at + sizeof(T);
}

Cell invalid(std::string_view why) {
  Cell cell = Cell::view_of(CellKind::invalid, why);
  cell.flags = row::invalid_value;
  return cell;
}

/// A value that MySQL holds and no calendar has: '0000-00-00', '2024-00-00', '2024-02-31'.
Cell no_date(int year, int month, int day, Arena& arena) {
  char text[64];
  char* out = text;
  const auto digits = [&out](int value, int count) {
    for (int place = count - 1; place >= 0; --place, value /= 10) out[place] = static_cast<char>('0' + value % 10);
    out += count;
  };
  digits(year % 10000, 4);
  *out++ = '-';
  digits(month, 2);
  *out++ = '-';
  digits(day, 2);
  static constexpr std::string_view words = " is no date of the calendar";
  std::memcpy(out, words.data(), words.size());
  Cell cell = Cell::view_of(CellKind::invalid, arena.copy({text, static_cast<std::size_t>(out - text) + words.size()}));
  cell.flags = row::invalid_zero_date;
  return cell;
}

/// DATE, DATETIME and TIMESTAMP: a length of 0, 4, 7 or 11, then year (2 bytes), month, day, hour, minute, second, microsecond (4).
const char* decode_date_time(const char* at, const char* end, const ColumnDecoder& self, Cell& cell, Arena& arena) {
  if (at == end) return nullptr;
  const auto size = static_cast<unsigned char>(*at++);
  if (end - at < size || (size != 0 && size != 4 && size != 7 && size != 11)) return nullptr;
  const auto byte = [at](int index) { return static_cast<unsigned char>(at[index]); };
  const int year = size == 0 ? 0 : load<std::uint16_t>(at);
  const int month = size == 0 ? 0 : byte(2);
  const int day = size == 0 ? 0 : byte(3);
  if (year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
    cell = no_date(year, month % 100, day % 100, arena);
    return at + size;
  }
  const std::int64_t days = days_from_civil({year, month, day});
  if (self.kind == CellKind::date) {
    cell = Cell::make(CellKind::date, days);
    return at + size;
  }
  std::int64_t seconds = days * 86400;
  if (size >= 7) seconds += byte(4) * 3600 + byte(5) * 60 + byte(6);
  cell = Cell::make(self.kind, seconds * microseconds_per_second + (size == 11 ? load<std::uint32_t>(at + 7) : 0));
  return at + size;
}

/// Seconds of 838:59:59, the most that TIME holds.
constexpr std::int64_t largest_time = 838 * 3600 + 59 * 60 + 59;

/// TIME: a length of 0, 8 or 12, then 1 for negative, days (4 bytes), hours, minutes, seconds, microseconds (4).
const char* decode_time(const char* at, const char* end, const ColumnDecoder&, Cell& cell, Arena&) {
  if (at == end) return nullptr;
  const auto size = static_cast<unsigned char>(*at++);
  if (end - at < size || (size != 0 && size != 8 && size != 12)) return nullptr;
  std::int64_t microseconds = 0;
  if (size > 0) {
    const auto byte = [at](int index) { return static_cast<std::int64_t>(static_cast<unsigned char>(at[index])); };
    const std::int64_t seconds = load<std::uint32_t>(at + 1) * std::int64_t{86400} + byte(5) * 3600 + byte(6) * 60 + byte(7);
    if (seconds > largest_time) {
      cell = invalid("the time is beyond 838:59:59");
      return at + size;
    }
    microseconds = seconds * microseconds_per_second + (size == 12 ? load<std::uint32_t>(at + 8) : 0);
    if (at[0] != 0) microseconds = -microseconds;
  }
  cell = Cell::make(CellKind::time, microseconds);
  return at + size;
}

/// Length-encoded bytes: one byte below 251, or 252, 253, 254 and a length of 2, 3, 8 bytes. nullptr where they do not fit.
const char* take_bytes(const char* at, const char* end, std::string_view& bytes) {
  if (at == end) return nullptr;
  std::uint64_t size = static_cast<unsigned char>(*at++);
  if (size >= 251) {
    const int width = size == 252 ? 2 : size == 253 ? 3 : size == 254 ? 8 : 0;
    if (width == 0 || end - at < width) return nullptr;
    size = 0;
    std::memcpy(&size, at, static_cast<std::size_t>(width));
    at += width;
  }
  if (static_cast<std::uint64_t>(end - at) < size || size > UINT32_MAX) return nullptr;
  bytes = {at, static_cast<std::size_t>(size)};
  return at + size;
}

const char* decode_bytes(const char* at, const char* end, const ColumnDecoder& self, Cell& cell, Arena&) {
  std::string_view bytes;
  const char* const next = take_bytes(at, end, bytes);
  if (next != nullptr) cell = Cell::view_of(self.kind, bytes);
  return next;
}

/// BIT(n): n bits, big-endian, in as few bytes as hold them.
const char* decode_bits(const char* at, const char* end, const ColumnDecoder& self, Cell& cell, Arena& arena) {
  std::string_view bytes;
  const char* const next = take_bytes(at, end, bytes);
  if (next == nullptr) return nullptr;
  char* const digits = arena.allocate(self.bits);
  for (unsigned index = 0; index < self.bits; ++index) {
    const unsigned bit = self.bits - 1 - index;  // counted from the lowest
    const bool set = bit / 8 < bytes.size() && (static_cast<unsigned char>(bytes[bytes.size() - 1 - bit / 8]) >> (bit % 8) & 1) != 0;
    digits[index] = set ? '1' : '0';
  }
  cell = Cell::view_of(CellKind::bits, {digits, self.bits});
  return next;
}

/// SET: the members that are in it, with commas between (no member can hold one), in the order of the type.
const char* decode_set(const char* at, const char* end, const ColumnDecoder&, Cell& cell, Arena& arena) {
  std::string_view bytes;
  const char* const next = take_bytes(at, end, bytes);
  if (next == nullptr) return nullptr;
  std::size_t count = bytes.empty() ? 0 : 1;
  for (const char byte : bytes) count += byte == ',' ? 1 : 0;
  Cell* const members = arena.allocate_array<Cell>(count);
  for (std::size_t index = 0; index < count; ++index) {
    const std::size_t comma = std::min(bytes.find(','), bytes.size());
    members[index] = Cell::text(bytes.substr(0, comma));
    bytes.remove_prefix(std::min(comma + 1, bytes.size()));
  }
  cell = Cell::nested(CellKind::array, members, count);
  return next;
}

/// Geometries are stored as four bytes of SRID and the WKB (MySQL: "Internal Geometry Storage Format").
const char* decode_geometry(const char* at, const char* end, const ColumnDecoder&, Cell& cell, Arena&) {
  std::string_view bytes;
  const char* const next = take_bytes(at, end, bytes);
  if (next == nullptr) return nullptr;
  cell = bytes.size() < 4 ? invalid("the geometry is shorter than its SRID") : Cell::view_of(CellKind::bytes, bytes.substr(4));
  return next;
}

/// MariaDB sends a UUID as 36 characters.
const char* decode_uuid(const char* at, const char* end, const ColumnDecoder&, Cell& cell, Arena& arena) {
  std::string_view text;
  const char* const next = take_bytes(at, end, text);
  if (next == nullptr) return nullptr;
  const auto nibble = [](char byte) {
    return byte >= '0' && byte <= '9'   ? byte - '0'
           : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
           : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                        : -1;
  };
  char* const bytes = arena.allocate(16);
  int nibbles = 0;
  for (const char byte : text) {
    if (byte == '-') continue;
    const int value = nibble(byte);
    if (value < 0 || nibbles == 32) {
      nibbles = -1;
      break;
    }
    if (nibbles % 2 == 0)
      bytes[nibbles / 2] = static_cast<char>(value << 4);
    else
      bytes[nibbles / 2] = static_cast<char>(bytes[nibbles / 2] | value);
    ++nibbles;
  }
  cell = nibbles == 32 ? Cell::view_of(CellKind::uuid, {bytes, 16}) : invalid("the UUID is not 32 hexadecimal digits");
  return next;
}

const char* decode_null(const char* at, const char*, const ColumnDecoder&, Cell& cell, Arena&) {
  cell = Cell::null();
  return at;
}

CellKind bytes_kind(TypeKind kind) {
  switch (kind) {
    case TypeKind::decimal:
      return CellKind::decimal_text;
    case TypeKind::bytes:
      return CellKind::bytes;
    case TypeKind::json:
      return CellKind::json;
    default:
      return CellKind::text;
  }
}

}  // namespace

ColumnDecoder decoder_of(std::uint8_t wire_type, bool is_unsigned, const row::Type& type) {
  switch (wire_type) {
    case wire::tiny:
      return {is_unsigned ? decode_integer<std::uint8_t> : decode_integer<std::int8_t>};
    case wire::short_integer:
      return {is_unsigned ? decode_integer<std::uint16_t> : decode_integer<std::int16_t>};
    case wire::year:
      return {decode_integer<std::uint16_t>};
    case wire::int24:
    case wire::long_integer:
      return {is_unsigned ? decode_integer<std::uint32_t> : decode_integer<std::int32_t>};
    case wire::long_long:
      return {is_unsigned ? decode_integer<std::uint64_t> : decode_integer<std::int64_t>};
    case wire::float_number:
      return {decode_real<float>};
    case wire::double_number:
      return {decode_real<double>};
    case wire::date:
      return {decode_date_time, CellKind::date};
    case wire::datetime:
      return {decode_date_time, CellKind::timestamp};
    case wire::timestamp:
      return {decode_date_time, CellKind::timestamp_tz};
    case wire::time:
      return {decode_time};
    case wire::null:
      return {decode_null};
    default:
      break;
  }
  switch (type.kind) {
    case TypeKind::bits:
      return {decode_bits, CellKind::bits, type.length > 0 && type.length <= 64 ? static_cast<unsigned>(type.length) : 64};
    case TypeKind::set:
      return {decode_set};
    case TypeKind::geometry:
      return {decode_geometry};
    case TypeKind::uuid:
      return {decode_uuid};
    default:
      return {decode_bytes, bytes_kind(type.kind)};
  }
}

bool RowDecoder::decode(std::string_view packet, row::Cell* cells, Arena& arena) const {
  // The bitmap's first two bits are not used in a result.
  const std::size_t bitmap_size = (columns_.size() + 7 + 2) / 8;
  if (packet.size() < 1 + bitmap_size || packet[0] != 0) return false;
  const char* const bitmap = packet.data() + 1;
  const char* at = bitmap + bitmap_size;
  const char* const end = packet.data() + packet.size();
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    const std::size_t bit = index + 2;
    if ((static_cast<unsigned char>(bitmap[bit / 8]) >> (bit % 8) & 1) != 0) {
      cells[index] = Cell::null();
      continue;
    }
    const ColumnDecoder& column = columns_[index];
    at = column.decode(at, end, column, cells[index], arena);
    if (at == nullptr) return false;
  }
  return true;
}

}  // namespace itemize::source::mysql
