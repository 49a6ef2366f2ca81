#include "expr/casts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "expr/json_text.h"
#include "expr/text_basics.h"
#include "row/cell_text.h"

namespace itemize::expr {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;

Cell bad_text(Frame& frame, const Type& to, std::string_view text) {
  return frame.fail("'" + std::string(text.substr(0, byte_offset(text, 100))) + "' is not a valid " + to.name);
}

namespace {

bool is_real(CellKind kind) { return kind == CellKind::float32 || kind == CellKind::float64; }

Cell out_of_range(Frame& frame, const Type& to) { return frame.fail("the number is out of range for " + to.name); }

Cell text_to_integer(Frame& frame, std::string_view text, const Type& to, std::int64_t& value) {
  std::string_view digits = trimmed(text);
  if (digits.starts_with('+'))
    digits.remove_prefix(1);
  else if (digits.starts_with("-+"))
    return bad_text(frame, to, text);
  const bool signed_twice = digits.size() != trimmed(text).size() && digits.starts_with('-');
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) return out_of_range(frame, to);
  if (signed_twice || digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return bad_text(frame, to, text);
  return {};
}

Cell to_integer(Frame& frame, const Cell& cell, const Type& to) {
  std::int64_t value = 0;
  if (is_real(cell.kind)) {
    const double rounded = std::nearbyint(cell.d);  // to even, as PostgreSQL's rint
    if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0)) return out_of_range(frame, to);
    value = static_cast<std::int64_t>(rounded);
  } else if (cell.kind == CellKind::boolean || cell.kind == CellKind::int64) {
    value = cell.i;
  } else if (cell.kind == CellKind::text) {
    text_to_integer(frame, cell.view(), to, value);
    if (frame.failed) return {};
  } else {
    const std::optional<Decimal> number = to_decimal(cell);
    const std::optional<std::int64_t> whole = number ? to_int64(*number) : std::nullopt;
    if (!whole) return out_of_range(frame, to);
    value = *whole;
  }
  const std::int64_t limit = to.length == 1 ? 128 : to.length == 2 ? 32'768 : to.length == 4 ? 2'147'483'648LL : 0;
  if (limit != 0 && !to.is_unsigned && (value < -limit || value >= limit)) return out_of_range(frame, to);
  return Cell::integer(value);
}

Cell to_numeric(Frame& frame, const Cell& cell, const Type& to) {
  std::optional<Decimal> number;
  if (cell.kind == CellKind::text) {
    const std::string_view text = trimmed(cell.view());
    number = parse_decimal(text);
    const bool signed_nan = number && number->kind == Decimal::Kind::nan && text.size() > 3;
    if (!number || signed_nan) return bad_text(frame, to, cell.view());
  } else {
    number = to_decimal(cell);
    if (!number) return frame.fail("the value is not a number");
  }
  if (to.precision > 0 && number->kind != Decimal::Kind::nan) {
    if (number->kind != Decimal::Kind::finite) return frame.fail("numeric field overflow: an infinite value");
    number = round_to(*number, to.scale);
    if (!number->digits.empty() && static_cast<int>(number->digits.size()) - number->scale > to.precision - to.scale)
      return frame.fail("numeric field overflow: the number does not fit into numeric(" + std::to_string(to.precision) + "," +
                        std::to_string(to.scale) + ")");
    if (number->scale < 0) number = round_to(*number, 0);
  }
  return frame.decimal(*number);
}

/// From text, at the type's own width: a float4 is not rounded twice.
template <class Real>
std::optional<double> real_from_text(std::string_view text) {
  Real value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return static_cast<double>(value);
  return std::nullopt;
}

/// "0x1.8p3", as strtod takes it.
std::optional<double> hexadecimal_real(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, std::chars_format::hex);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return minus ? -value : value;
}

Cell to_float(Frame& frame, const Cell& cell, const Type& to) {
  const bool single = to.kind == TypeKind::float32;
  double value = 0;
  bool zero = false;
  bool infinite = false;
  if (is_real(cell.kind) || cell.kind == CellKind::int64 || cell.kind == CellKind::uint64) {
    value = to_real(cell);
    zero = value == 0;
    infinite = std::isinf(value);
    if (single)
      value =
          cell.kind == CellKind::int64 ? static_cast<double>(static_cast<float>(cell.i)) : static_cast<double>(static_cast<float>(value));
  } else {
    const std::optional<Decimal> number = cell.kind == CellKind::text ? parse_decimal(trimmed(cell.view())) : to_decimal(cell);
    if (const auto hexadecimal = cell.kind == CellKind::text && !number ? hexadecimal_real(trimmed(cell.view())) : std::nullopt) {
      const double whole = single ? static_cast<double>(static_cast<float>(*hexadecimal)) : *hexadecimal;
      return Cell::real(single ? CellKind::float32 : CellKind::float64, whole);
    }
    if (!number) return cell.kind == CellKind::text ? bad_text(frame, to, cell.view()) : frame.fail("the value is not a number");
    zero = number->is_zero();
    infinite = number->kind != Decimal::Kind::finite;
    value = to_double(*number);
    if (single && !infinite)
      value = real_from_text<float>(text_with_scale(*number)).value_or(value > 1 || value < -1 ? std::copysign(HUGE_VAL, value) : 0);
    if (zero && trimmed(cell.kind == CellKind::text ? cell.view() : std::string_view()).starts_with('-')) value = -0.0;
  }
  if ((std::isinf(value) && !infinite) || (value == 0 && !zero)) return out_of_range(frame, to);
  return Cell::real(single ? CellKind::float32 : CellKind::float64, value);
}

Cell to_boolean(Frame& frame, const Cell& cell, const Type& to) {
  if (cell.kind == CellKind::boolean) return cell;
  if (is_number(cell.kind)) return Cell::boolean(to_real(cell) != 0);
  if (cell.kind != CellKind::text) return frame.fail("the value is not a boolean");
  const std::string text = map_case(trimmed(cell.view()), false);
  const auto begins = [&](std::string_view word, std::size_t least) { return text.size() >= least && word.starts_with(text); };
  if (begins("true", 1) || begins("yes", 1) || text == "on" || text == "1") return Cell::boolean(true);
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || text == "0") return Cell::boolean(false);
  return bad_text(frame, to, cell.view());
}

/// PostgreSQL's forms: a hyphen may stand behind any two bytes, braces around all.
Cell to_uuid(Frame& frame, const Cell& cell, const Type& to) {
  if (cell.kind == CellKind::uuid) return cell;
  if (cell.kind != CellKind::text) return frame.fail("the value is not a uuid");
  std::string_view text = cell.view();
  const bool braces = text.starts_with('{');
  if (braces && !text.ends_with('}')) return bad_text(frame, to, text);
  if (braces) text = text.substr(1, text.size() - 2);
  char* const bytes = frame.arena.allocate(16);
  std::size_t at = 0;
  for (int index = 0; index < 16; ++index) {
    if (at + 2 > text.size() || hex_digit(text[at]) < 0 || hex_digit(text[at + 1]) < 0) return bad_text(frame, to, cell.view());
    bytes[index] = static_cast<char>(hex_digit(text[at]) << 4 | hex_digit(text[at + 1]));
    at += 2;
    if (at < text.size() && text[at] == '-' && index % 2 == 1 && index < 15) ++at;
  }
  return at == text.size() ? Cell::view_of(CellKind::uuid, {bytes, 16}) : bad_text(frame, to, cell.view());
}

/// "\x" and hexadecimal digits, or the older form with \ooo and \\.
Cell to_bytes(Frame& frame, const Cell& cell, const Type& to) {
  if (cell.kind == CellKind::bytes) return cell;
  if (cell.kind != CellKind::text) return frame.fail("the value is not binary");
  const std::string_view text = cell.view();
  const std::size_t begin = frame.scratch.size();
  const auto wrong = [&] {
    frame.scratch.truncate(begin);
    return bad_text(frame, to, text);
  };
  if (text.starts_with("\\x")) {
    for (std::size_t at = 2; at < text.size();) {
      if (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
        ++at;
        continue;
      }
      if (at + 1 >= text.size() || hex_digit(text[at]) < 0 || hex_digit(text[at + 1]) < 0) return wrong();
      frame.scratch.append(static_cast<char>(hex_digit(text[at]) << 4 | hex_digit(text[at + 1])));
      at += 2;
    }
    return frame.take(begin, CellKind::bytes);
  }
  const auto octal = [&](std::size_t at, char most) { return at < text.size() && text[at] >= '0' && text[at] <= most; };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      frame.scratch.append(text[at++]);
    } else if (at + 1 < text.size() && text[at + 1] == '\\') {
      frame.scratch.append('\\');
      at += 2;
    } else if (octal(at + 1, '3') && octal(at + 2, '7') && octal(at + 3, '7')) {
      frame.scratch.append(static_cast<char>((text[at + 1] - '0') << 6 | (text[at + 2] - '0') << 3 | (text[at + 3] - '0')));
      at += 4;
    } else {
      return wrong();
    }
  }
  return frame.take(begin, CellKind::bytes);
}

/// text, varchar(n), char(n): cut and padded to characters.
Cell to_text_cell(Frame& frame, const Cell& cell, const Type& from, const Type& to) {
  if (cell.kind == CellKind::text && from.kind != TypeKind::character && to.length <= 0) return cell;
  const std::size_t begin = frame.scratch.size();
  const bool padded_before = from.kind == TypeKind::character && to.kind == TypeKind::character;
  if (padded_before ? !append_output_text(frame, cell, from, frame.scratch) : !append_cast_text(frame, cell, from, frame.scratch)) {
    frame.scratch.truncate(begin);
    return {};
  }
  if (to.length > 0) {
    const auto wanted = static_cast<std::size_t>(to.length);
    const std::string_view text = frame.scratch.view(begin, frame.scratch.size() - begin);
    const std::size_t cut = byte_offset(text, wanted);
    const std::size_t characters = cut < text.size() ? wanted : character_count(text);
    frame.scratch.truncate(begin + cut);
    if (to.kind == TypeKind::character)
      for (std::size_t count = characters; count < wanted; ++count) frame.scratch.append(' ');
  }
  return frame.take(begin);
}

Cell to_bits(Frame& frame, const Cell& cell, const Type& to) {
  if (cell.kind != CellKind::bits && cell.kind != CellKind::text) return frame.fail("the value is no bit string");
  std::string bits(cell.view());
  if (cell.kind == CellKind::text && bits.find_first_not_of("01") != std::string::npos) return bad_text(frame, to, cell.view());
  if (to.length > 0 && (!to.is_varying || bits.size() > static_cast<std::size_t>(to.length)))
    bits.resize(static_cast<std::size_t>(to.length), '0');
  return frame.bytes(CellKind::bits, bits);
}

/// A scalar jsonb as a number or boolean.
Cell from_json_scalar(Frame& frame, const Cell& cell, const Type& to) {
  const std::string_view text = trimmed(cell.view());
  const bool boolean = text == "true" || text == "false";
  const bool number = !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'));
  if (to.kind == TypeKind::boolean && boolean) return Cell::boolean(text == "true");
  if (to.kind == TypeKind::boolean || !number) return frame.fail("cannot cast this jsonb to " + to.name);
  const std::optional<Decimal> value = parse_decimal(text);
  return value ? cast_cell(frame, frame.decimal(*value), type_from(Sql::numeric), to) : frame.fail("cannot cast this jsonb to " + to.name);
}

Cell to_json(Frame& frame, const Cell& cell, const Type& from, const Type& to) {
  const bool binary = sql_of(to) == Sql::jsonb;
  if (cell.kind == CellKind::json && (!binary || sql_of(from) == Sql::jsonb)) return cell;
  if (cell.kind != CellKind::json && cell.kind != CellKind::text) return frame.fail("the value is not JSON");
  if (binary) return normalized_json(frame, cell.view());
  if (const auto problem = json_problem(cell.view())) return frame.fail("the text is not valid JSON: " + *problem);
  return Cell::view_of(CellKind::json, cell.view());
}

}  // namespace

Cell cast_cell(Frame& frame, const Cell& cell, const Type& from, const Type& to) {
  if (cell.kind == CellKind::invalid) return frame.fail(std::string(cell.view()));
  const bool scalar_of_json = cell.kind == CellKind::json && (to.kind == TypeKind::boolean || is_numeric(sql_of(to)));
  if (scalar_of_json) return from_json_scalar(frame, cell, to);
  switch (to.kind) {
    case TypeKind::integer:
      return to_integer(frame, cell, to);
    case TypeKind::decimal:
      return to_numeric(frame, cell, to);
    case TypeKind::float32:
    case TypeKind::float64:
      return to_float(frame, cell, to);
    case TypeKind::boolean:
      return to_boolean(frame, cell, to);
    case TypeKind::text:
    case TypeKind::character:
    case TypeKind::enumeration:
      return to_text_cell(frame, cell, from, to);
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::time_tz:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
      return cast_to_time(frame, cell, to);
    case TypeKind::interval:
      return cast_to_interval(frame, cell, to);
    case TypeKind::uuid:
      return to_uuid(frame, cell, to);
    case TypeKind::bytes:
      return to_bytes(frame, cell, to);
    case TypeKind::json:
      return to_json(frame, cell, from, to);
    case TypeKind::bits:
      return to_bits(frame, cell, to);
    case TypeKind::array:
      return cast_to_array(frame, cell, from, to);
    default:
      return cell;
  }
}

bool append_output_text(Frame& frame, const Cell& cell, const Type& type, Buffer& out) {
  if (cell.kind == CellKind::boolean) {
    out.append(cell.i != 0 ? 't' : 'f');
    return true;
  }
  if (cell.kind == CellKind::text) {
    out.append(cell.view());
    return true;
  }
  return append_cast_text(frame, cell, type, out);
}

namespace {

/// '{1,"a b",NULL}'
bool append_array_text(Frame& frame, const Cell& cell, const Type& type, Buffer& out) {
  static const Type text_type = type_from(Sql::text);
  const Type& element_type = type.children.size() == 1 ? type.children[0] : text_type;
  out.append('{');
  bool first = true;
  for (const Cell& element : cell.children()) {
    if (!std::exchange(first, false)) out.append(',');
    if (element.is_null()) {
      out.append("NULL");
      continue;
    }
    if (element.kind == CellKind::array) {
      if (!append_array_text(frame, element, type, out)) return false;
      continue;
    }
    const std::size_t begin = out.size();
    if (!append_output_text(frame, element, element_type, out)) return false;
    const std::string text(out.view(begin, out.size() - begin));
    if (!text.empty() && text.find_first_of("\"\\{}, \t\n\r\v\f") == std::string::npos && map_case(text, false) != "null") continue;
    out.truncate(begin);
    out.append('"');
    for (const char byte : text) {
      if (byte == '"' || byte == '\\') out.append('\\');
      out.append(byte);
    }
    out.append('"');
  }
  out.append('}');
  return true;
}

}  // namespace

bool append_cast_text(Frame& frame, const Cell& cell, const Type& type, Buffer& out) {
  switch (cell.kind) {
    case CellKind::date:
    case CellKind::timestamp:
    case CellKind::timestamp_tz:
      append_moment_text(cell, out);
      return true;
    case CellKind::time:
    case CellKind::time_tz:
      append_clock_text(cell, out);
      return true;
    case CellKind::interval:
      append_interval_text(*cell.interval, out);
      return true;
    case CellKind::array:
      return type.kind == TypeKind::array ? append_array_text(frame, cell, type, out) : append_piece(frame, cell, type, out);
    case CellKind::float32:
    case CellKind::float64:
      if (std::isfinite(cell.d)) break;
      out.append(std::isnan(cell.d) ? "NaN" : cell.d > 0 ? "Infinity" : "-Infinity");
      return true;
    case CellKind::decimal_text:
      out.append(cell.view());
      return true;
    case CellKind::decimal_wire:
      if (append_wire_text(cell.view(), out) == NumberForm::finite) return true;
      if (const std::optional<Decimal> number = to_decimal(cell)) {
        out.append(text_with_scale(*number));
        return true;
      }
      break;
    default:
      break;
  }
  return append_piece(frame, cell, type, out);
}

}  // namespace itemize::expr
