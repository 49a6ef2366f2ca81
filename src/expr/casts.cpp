#include "expr/casts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/civil_time.h"
#include "row/cell_text.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;

struct NamedType {
  std::string_view name;
  TypeKind kind;
  int length;
};
constexpr NamedType named_types[] = {
    {"bool", TypeKind::boolean, -1}, {"boolean", TypeKind::boolean, -1}, {"int2", TypeKind::integer, 2}, {"smallint", TypeKind::integer, 2},
    {"int4", TypeKind::integer, 4}, {"int", TypeKind::integer, 4}, {"integer", TypeKind::integer, 4}, {"int8", TypeKind::integer, 8}, {"bigint", TypeKind::integer, 8},
    {"numeric", TypeKind::decimal, -1}, {"decimal", TypeKind::decimal, -1}, {"float4", TypeKind::float32, 4}, {"real", TypeKind::float32, 4},
    {"float8", TypeKind::float64, 8}, {"text", TypeKind::text, -1}, {"varchar", TypeKind::text, -1}, {"bpchar", TypeKind::character, -1},
    {"char", TypeKind::character, -1}, {"name", TypeKind::text, -1}, {"citext", TypeKind::text, -1}, {"bytea", TypeKind::bytes, -1}, {"uuid", TypeKind::uuid, -1}, {"date", TypeKind::date, -1},
    {"time", TypeKind::time, -1}, {"timetz", TypeKind::time_tz, -1}, {"timestamp", TypeKind::timestamp, -1}, {"timestamptz", TypeKind::timestamp_tz, -1},
    {"interval", TypeKind::interval, -1}, {"json", TypeKind::json, -1}, {"jsonb", TypeKind::json, -1},
};

bool is_text(TypeKind kind) {
  return kind == TypeKind::text || kind == TypeKind::character || kind == TypeKind::enumeration;
}
bool is_numeric(TypeKind kind) {
  return kind == TypeKind::integer || kind == TypeKind::decimal || kind == TypeKind::float32 || kind == TypeKind::float64;
}
bool is_time(TypeKind kind) {
  return kind == TypeKind::date || kind == TypeKind::time || kind == TypeKind::time_tz || kind == TypeKind::timestamp || kind == TypeKind::timestamp_tz;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\n\r\v\f";
  const std::size_t first = text.find_first_not_of(space);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(space) - first + 1);
}

Cell bad_text(Frame& frame, const Type& to, std::string_view text) {
  return frame.fail("'" + std::string(text.substr(0, 100)) + "' is not a valid " + to.name);
}

Cell to_integer(Frame& frame, const Cell& cell, const Type& to) {
  std::int64_t value = 0;
  if (cell.kind == CellKind::float32 || cell.kind == CellKind::float64) {
    const double rounded = std::nearbyint(cell.d);  // to even, as PostgreSQL's rint
    if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0)) return frame.fail("the number is out of range for " + to.name);
    value = static_cast<std::int64_t>(rounded);
  } else if (cell.kind == CellKind::boolean) {
    value = cell.i;
  } else if (cell.kind == CellKind::text) {
    const std::string_view text = trimmed(cell.view());
    const char* begin = text.data() + (!text.empty() && text.front() == '+' ? 1 : 0);
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return frame.fail("'" + std::string(text.substr(0, 100)) + "' is out of range for " + to.name);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return bad_text(frame, to, cell.view());
  } else {
    const std::optional<Decimal> number = to_decimal(cell);
    const std::optional<std::int64_t> whole = number ? to_int64(*number) : std::nullopt;
    if (!whole) return frame.fail("the number is out of range for " + to.name);
    value = *whole;
  }
  const std::int64_t limit = to.length == 2 ? 32'768 : to.length == 4 ? 2'147'483'648LL : 0;
  if (limit != 0 && (value < -limit || value >= limit)) return frame.fail("the number is out of range for " + to.name);
  return Cell::integer(value);
}

Cell to_numeric(Frame& frame, const Cell& cell, const Type& to) {
  std::optional<Decimal> number = cell.kind == CellKind::text ? parse_decimal(trimmed(cell.view())) : to_decimal(cell);
  if (!number) return cell.kind == CellKind::text ? bad_text(frame, to, cell.view()) : frame.fail("the value is not a number");
  if (number->kind == Decimal::Kind::finite && to.precision > 0) {
    number = round_to(*number, to.scale);
    if (static_cast<int>(number->digits.size()) - number->scale > to.precision - to.scale) return frame.fail("the number does not fit into " + to.name);
  }
  return frame.decimal(*number);
}

Cell to_float(Frame& frame, const Cell& cell, const Type& to) {
  const bool single = to.kind == TypeKind::float32;
  double value = 0;
  if (cell.kind == CellKind::text) {
    const std::optional<Decimal> number = parse_decimal(trimmed(cell.view()));
    if (!number) return bad_text(frame, to, cell.view());
    value = to_double(*number);
    if (std::isinf(value) && number->kind == Decimal::Kind::finite) return frame.fail("the number is out of range for " + to.name);
  } else {
    value = to_real(cell);
  }
  if (single) {
    const auto narrow = static_cast<float>(value);
    if (std::isinf(narrow) && !std::isinf(value)) return frame.fail("the number is out of range for " + to.name);
    value = static_cast<double>(narrow);
  }
  return Cell::real(single ? CellKind::float32 : CellKind::float64, value);
}

Cell to_boolean(Frame& frame, const Cell& cell, const Type& to) {
  if (is_number(cell.kind)) return Cell::boolean(to_real(cell) != 0);
  std::string text(trimmed(cell.view()));
  for (char& byte : text) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  const auto begins = [&](std::string_view word, std::size_t least) { return text.size() >= least && word.starts_with(text); };
  if (begins("true", 1) || begins("yes", 1) || text == "on" || text == "1") return Cell::boolean(true);
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || text == "0") return Cell::boolean(false);
  return bad_text(frame, to, cell.view());
}

std::int64_t rounded_to(std::int64_t microseconds, int precision) {
  if (precision < 0 || precision >= 6) return microseconds;
  std::int64_t unit = 1;
  for (int digit = precision; digit < 6; ++digit) unit *= 10;
  const std::int64_t down = microseconds >= 0 ? microseconds / unit * unit : -((-microseconds + unit - 1) / unit) * unit;
  return microseconds - down >= unit / 2 ? down + unit : down;
}

Cell time_from_text(Frame& frame, std::string_view original, const Type& to) {
  const std::string_view text = trimmed(original);
  if ((text == "infinity" || text == "-infinity") && to.kind != TypeKind::time && to.kind != TypeKind::time_tz) {
    const CellKind kind = to.kind == TypeKind::date ? CellKind::date : to.kind == TypeKind::timestamp ? CellKind::timestamp : CellKind::timestamp_tz;
    return Cell::make(kind, text.front() == '-' ? row::time_minus_infinity : row::time_infinity);
  }
  if (to.kind == TypeKind::time) {
    const auto time = parse_time(text);
    if (!time || *time < 0 || *time > microseconds_per_day) return bad_text(frame, to, original);
    return Cell::make(CellKind::time, rounded_to(*time, to.precision));
  }
  const auto parsed = parse_timestamp(text);
  if (!parsed || to.kind == TypeKind::time_tz) return bad_text(frame, to, original);
  // A zone is taken as such by timestamptz, and ignored by the others: then the written time counts.
  if (to.kind == TypeKind::timestamp_tz) return Cell::make(CellKind::timestamp_tz, rounded_to(parsed->microseconds, to.precision));
  if (parsed->has_offset) {
    const auto plain = parse_timestamp(text.substr(0, text.find_first_of("Zz+", 11) != std::string_view::npos ? text.find_first_of("Zz+", 11) : text.rfind('-')));
    if (!plain) return bad_text(frame, to, original);
    return Cell::make(to.kind == TypeKind::date ? CellKind::date : CellKind::timestamp,
                      to.kind == TypeKind::date ? day_of(plain->microseconds) : rounded_to(plain->microseconds, to.precision));
  }
  if (to.kind == TypeKind::date) return Cell::make(CellKind::date, day_of(parsed->microseconds));
  return Cell::make(CellKind::timestamp, rounded_to(parsed->microseconds, to.precision));
}

Cell time_from_time(Frame& frame, const Cell& cell, const Type& to) {
  const bool infinite = cell.i == row::time_infinity || cell.i == row::time_minus_infinity;
  std::int64_t micro = cell.i;
  if (cell.kind == CellKind::date && !infinite) {
    if (std::abs(cell.i) > 100'000'000) return frame.fail("the date is out of range for " + to.name);
    micro = cell.i * microseconds_per_day;
  }
  switch (to.kind) {
    case TypeKind::date: return Cell::make(CellKind::date, infinite ? cell.i : day_of(micro));
    case TypeKind::timestamp: return Cell::make(CellKind::timestamp, infinite ? cell.i : rounded_to(micro, to.precision));
    case TypeKind::timestamp_tz: return Cell::make(CellKind::timestamp_tz, infinite ? cell.i : rounded_to(micro, to.precision));
    case TypeKind::time:
      if (cell.kind == CellKind::time || cell.kind == CellKind::time_tz) return Cell::make(CellKind::time, rounded_to(cell.i, to.precision));
      if (infinite) return frame.fail("an infinite time has no time of day");
      return Cell::make(CellKind::time, rounded_to(micro - day_of(micro) * microseconds_per_day, to.precision));
    default: return cell;
  }
}

Cell uuid_from_text(Frame& frame, std::string_view text, const Type& to) {
  char* const bytes = frame.arena.allocate(16);
  int nibbles = 0;
  for (const char byte : trimmed(text)) {
    if (byte == '-' || byte == '{' || byte == '}') continue;
    const int value = byte >= '0' && byte <= '9' ? byte - '0' : (byte | 32) >= 'a' && (byte | 32) <= 'f' ? (byte | 32) - 'a' + 10 : -1;
    if (value < 0 || nibbles == 32) return bad_text(frame, to, text);
    bytes[nibbles / 2] = static_cast<char>(nibbles % 2 == 0 ? value << 4 : bytes[nibbles / 2] | value);
    ++nibbles;
  }
  return nibbles == 32 ? Cell::view_of(CellKind::uuid, {bytes, 16}) : bad_text(frame, to, text);
}

Cell bytes_from_text(Frame& frame, std::string_view text, const Type& to) {
  if (!text.starts_with("\\x")) return Cell::view_of(CellKind::bytes, text);
  std::string bytes;
  const auto nibble = [](char byte) { return byte >= '0' && byte <= '9' ? byte - '0' : (byte | 32) >= 'a' && (byte | 32) <= 'f' ? (byte | 32) - 'a' + 10 : -1; };
  if (text.size() % 2 != 0) return bad_text(frame, to, text);
  for (std::size_t at = 2; at < text.size(); at += 2) {
    if (nibble(text[at]) < 0 || nibble(text[at + 1]) < 0) return bad_text(frame, to, text);
    bytes += static_cast<char>(nibble(text[at]) << 4 | nibble(text[at + 1]));
  }
  return Cell::view_of(CellKind::bytes, frame.arena.copy(bytes));
}

/// The first `length` characters, for varchar(n) and char(n).
std::string_view first_characters(std::string_view text, int length) {
  std::size_t at = 0;
  for (int count = 0; at < text.size(); ++at)
    if ((text[at] & 0xC0) != 0x80 && count++ == length) break;
  return text.substr(0, at);
}

Cell to_text_cell(Frame& frame, const Cell& cell, const Type& from, const Type& to) {
  Buffer out;
  if (!append_cast_text(frame, cell, from, out)) return {};
  std::string_view text = out.view();
  if (to.length > 0) text = first_characters(text, to.length);
  Cell result = frame.text(text);
  if (to.kind == TypeKind::character && to.length > 0) {
    std::string padded(text);
    int count = 0;
    for (const char byte : padded) count += (byte & 0xC0) != 0x80;
    padded.append(static_cast<std::size_t>(to.length - count), ' ');
    result = frame.text(padded);
  }
  return result;
}

}  // namespace

std::optional<Type> type_named(std::string_view name, const std::vector<int>& modifiers, bool array) {
  for (const NamedType& named : named_types) {
    if (named.name != name) continue;
    Type type = type_of(named.kind, std::string(name));
    type.length = named.length;
    if (!modifiers.empty()) {
      if (named.kind == TypeKind::decimal) {
        type.precision = modifiers[0];
        type.scale = modifiers.size() > 1 ? modifiers[1] : 0;
        if (modifiers[0] < 1 || modifiers[0] > 1000) return std::nullopt;
      } else if (is_text(named.kind)) {
        type.length = modifiers[0];
      } else {
        type.precision = modifiers.back();
      }
    } else if (name == "char" || name == "bpchar") {
      type.length = name == "char" ? 1 : -1;
    }
    if (!array) return type;
    Type list = type_of(TypeKind::array, std::string(name) + "[]");
    list.children = {std::move(type)};
    return list;
  }
  return std::nullopt;
}

bool can_cast(const Type& from, const Type& to) {
  if (from.kind == to.kind || from.kind == TypeKind::dynamic || is_text(from.kind) || is_text(to.kind)) return true;
  if (is_numeric(from.kind) && is_numeric(to.kind)) return true;
  if (from.kind == TypeKind::boolean) return to.kind == TypeKind::integer && to.length == 4;
  if (to.kind == TypeKind::boolean) return from.kind == TypeKind::integer;
  if (is_time(from.kind) && is_time(to.kind)) {
    if (to.kind == TypeKind::time_tz || from.kind == TypeKind::time_tz) return to.kind == TypeKind::time;
    if (from.kind == TypeKind::time) return false;
    return from.kind != TypeKind::date || to.kind != TypeKind::time;
  }
  return to.kind == TypeKind::json;
}

Cell cast_cell(Frame& frame, const Cell& cell, const Type& from, const Type& to) {
  if (cell.kind == CellKind::invalid) return frame.fail(std::string(cell.view()));
  const bool text = cell.kind == CellKind::text;
  switch (to.kind) {
    case TypeKind::integer: return to_integer(frame, cell, to);
    case TypeKind::decimal: return to_numeric(frame, cell, to);
    case TypeKind::float32: case TypeKind::float64: return to_float(frame, cell, to);
    case TypeKind::boolean: return cell.kind == CellKind::boolean ? cell : to_boolean(frame, cell, to);
    case TypeKind::text: case TypeKind::character: return to_text_cell(frame, cell, from, to);
    case TypeKind::date: case TypeKind::time: case TypeKind::timestamp: case TypeKind::timestamp_tz:
      return text ? time_from_text(frame, cell.view(), to) : time_from_time(frame, cell, to);
    case TypeKind::interval: {
      if (!text) return cell;
      const std::optional<row::Interval> value = parse_interval(cell.view());
      return value ? frame.interval(*value) : bad_text(frame, to, cell.view());
    }
    case TypeKind::uuid: return text ? uuid_from_text(frame, cell.view(), to) : cell;
    case TypeKind::bytes: return text ? bytes_from_text(frame, cell.view(), to) : cell;
    case TypeKind::json: return text ? Cell::view_of(CellKind::json, cell.view()) : cell;
    default: return cell;
  }
}

bool append_cast_text(Frame& frame, const Cell& cell, const Type& type, Buffer& out) {
  if (cell.kind == CellKind::date || cell.kind == CellKind::timestamp || cell.kind == CellKind::timestamp_tz) {
    if (cell.i == row::time_infinity || cell.i == row::time_minus_infinity) {
      out.append(cell.i == row::time_infinity ? "infinity" : "-infinity");
      return true;
    }
    char text[iso_time_capacity];
    char* end = cell.kind == CellKind::date ? append_date(text, cell.i) : append_timestamp(text, cell.i, 6, false, ' ');
    if (cell.kind != CellKind::date) {
      while (end[-1] == '0') --end;
      if (end[-1] == '.') --end;
      if (cell.kind == CellKind::timestamp_tz) {
        std::memcpy(end, "+00", 3);
        end += 3;
      }
    }
    out.append({text, static_cast<std::size_t>(end - text)});
    return true;
  }
  if (cell.kind == CellKind::float32 || cell.kind == CellKind::float64) {
    if (!std::isfinite(cell.d)) {
      out.append(std::isnan(cell.d) ? "NaN" : cell.d > 0 ? "Infinity" : "-Infinity");
      return true;
    }
  }
  if (cell.kind == CellKind::decimal_text || cell.kind == CellKind::decimal_wire) {
    if (const std::optional<Decimal> number = to_decimal(cell); number && number->kind != Decimal::Kind::finite) {
      out.append(text_with_scale(*number));
      return true;
    }
  }
  if (cell.kind == CellKind::time) {
    char text[iso_time_capacity];
    char* end = append_time(text, cell.i, 6);
    while (end[-1] == '0') --end;
    if (end[-1] == '.') --end;
    out.append({text, static_cast<std::size_t>(end - text)});
    return true;
  }
  return append_piece(frame, cell, type, out);
}

}  // namespace itemize::expr
