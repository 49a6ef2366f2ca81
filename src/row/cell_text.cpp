#include "row/cell_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include "base/civil_time.h"
#include "base/decimal.h"

namespace itemize::row {
namespace {

const Type plain_text_type{};

const Type& child(const Type& type, std::size_t index) { return index < type.children.size() ? type.children[index] : plain_text_type; }

TextStatus from_form(NumberForm form) {
  switch (form) {
    case NumberForm::finite:
      return TextStatus::ok;
    case NumberForm::nan:
      return TextStatus::not_a_number;
    case NumberForm::infinity:
    case NumberForm::minus_infinity:
      return TextStatus::infinite;
    case NumberForm::malformed:
      return TextStatus::invalid;
  }
  return TextStatus::invalid;
}

template <class Append>
TextStatus with_room(Buffer& out, std::size_t room, Append append) {
  char* const start = out.reserve(room);
  out.advance(static_cast<std::size_t>(append(start) - start));
  return TextStatus::ok;
}

TextStatus append_hex(std::string_view bytes, Buffer& out) {
  static constexpr char hex[] = "0123456789abcdef";
  char* to = out.reserve(2 + 2 * bytes.size());
  *to++ = '\\';
  *to++ = 'x';
  for (const char byte : bytes) {
    *to++ = hex[static_cast<unsigned char>(byte) >> 4];
    *to++ = hex[byte & 15];
  }
  out.advance(2 + 2 * bytes.size());
  return TextStatus::ok;
}

TextStatus append_time_text(const Cell& cell, const Type& type, Buffer& out) {
  return with_room(out, iso_time_capacity, [&](char* to) {
    switch (cell.kind) {
      case CellKind::date:
        return append_date(to, cell.i);
      case CellKind::time:
        return append_time(to, cell.i, type.precision);
      case CellKind::time_tz:
        return append_offset(append_time(to, cell.i, type.precision), static_cast<std::int32_t>(cell.size));
      case CellKind::timestamp:
        return append_timestamp(to, cell.i, type.precision, false);
      case CellKind::timestamp_tz:
        return append_timestamp(to, cell.i, type.precision, true);
      default:
        return append_interval(to, cell.interval->months, cell.interval->days, cell.interval->microseconds);
    }
  });
}

/// Where an element stands decides when it is quoted, and how (array_out, record_out, range_out and multirange_out in PostgreSQL's
/// sources).
enum class Literal : std::uint8_t { array, record, range, multirange };

bool needs_quotes(std::string_view text, Literal literal) {
  if (literal == Literal::multirange) return false;
  if (text.empty()) return true;
  if (literal == Literal::array) {
    if (text.size() == 4 && strncasecmp(text.data(), "NULL", 4) == 0) return true;
    return text.find_first_of("\",{}\\ \t\n\r\v\f") != std::string_view::npos;
  }
  return text.find_first_of(literal == Literal::record ? "\",()\\ \t\n\r\v\f" : "\",()[]\\ \t\n\r\v\f") != std::string_view::npos;
}

/// The elements of an array's inner dimension have the array's own type.
bool is_inner_dimension(const Cell& element, const Type& type) {
  const TypeKind kind = child(type, 0).kind;
  return element.kind == CellKind::array && kind != TypeKind::multirange && kind != TypeKind::set && kind != TypeKind::array;
}

TextStatus append_element(const Cell& cell, const Type& type, Literal literal, bool inner_dimension, Buffer& out) {
  const std::size_t begin = out.size();
  if (const TextStatus status = append_text(cell, type, out); status != TextStatus::ok || inner_dimension) return status;
  const std::string_view written = out.view(begin, out.size() - begin);
  if (!needs_quotes(written, literal)) return TextStatus::ok;
  const std::string text(written);
  out.truncate(begin);
  out.append('"');
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out.append(literal == Literal::array ? '\\' : byte);
    out.append(byte);
  }
  out.append('"');
  return TextStatus::ok;
}

TextStatus append_elements(const Cell& cell, const Type& type, char open, char close, Literal literal, std::string_view null, Buffer& out) {
  out.append(open);
  const std::span<const Cell> elements = cell.children();
  for (std::size_t index = 0; index < elements.size(); ++index) {
    if (index > 0) out.append(',');
    const Cell& element = elements[index];
    if (element.is_null()) {
      out.append(null);
      continue;
    }
    const bool inner = literal == Literal::array && is_inner_dimension(element, type);
    const Type& element_type = inner ? type : child(type, literal == Literal::record ? index : 0);
    if (const TextStatus status = append_element(element, element_type, literal, inner, out); status != TextStatus::ok) return status;
  }
  out.append(close);
  return TextStatus::ok;
}

TextStatus append_range(const Cell& cell, const Type& type, Buffer& out) {
  if ((cell.flags & range_empty) != 0) {
    out.append("empty");
    return TextStatus::ok;
  }
  out.append((cell.flags & range_lower_inclusive) != 0 ? '[' : '(');
  for (int bound = 0; bound < 2; ++bound) {
    if (bound == 1) out.append(',');
    if (cell.cells[bound].is_null()) continue;
    if (const TextStatus status = append_element(cell.cells[bound], child(type, 0), Literal::range, false, out); status != TextStatus::ok)
      return status;
  }
  out.append((cell.flags & range_upper_inclusive) != 0 ? ']' : ')');
  return TextStatus::ok;
}

TextStatus append_map(const Cell& cell, Buffer& out) {
  const auto quoted = [&out](std::string_view text) {
    out.append('"');
    for (const char byte : text) {
      if (byte == '"' || byte == '\\') out.append('\\');
      out.append(byte);
    }
    out.append('"');
  };
  for (std::size_t entry = 0; entry < cell.size; ++entry) {
    if (entry > 0) out.append(", ");
    quoted(cell.cells[2 * entry].view());
    out.append("=>");
    const Cell& value = cell.cells[2 * entry + 1];
    if (value.is_null())
      out.append("NULL");
    else
      quoted(value.view());
  }
  return TextStatus::ok;
}

TextStatus append_text_unguarded(const Cell& cell, const Type& type, Buffer& out) {
  switch (cell.kind) {
    case CellKind::null:
      return TextStatus::null;
    case CellKind::boolean:
      out.append(cell.i != 0 ? "true" : "false");
      return TextStatus::ok;
    case CellKind::int64:
      return with_room(out, 24, [&](char* to) { return std::to_chars(to, to + 24, cell.i).ptr; });
    case CellKind::uint64:
      return with_room(out, 24, [&](char* to) { return std::to_chars(to, to + 24, cell.u).ptr; });
    case CellKind::float32:
    case CellKind::float64:
      if (std::isnan(cell.d)) return TextStatus::not_a_number;
      if (std::isinf(cell.d)) return TextStatus::infinite;
      return with_room(out, 40, [&](char* to) { return append_float(to, cell.d, cell.kind == CellKind::float32); });
    case CellKind::decimal_text:
      if (cell.view() == "NaN") return TextStatus::not_a_number;
      if (cell.view() == "Infinity" || cell.view() == "-Infinity") return TextStatus::infinite;
      out.append(cell.view());
      return TextStatus::ok;
    case CellKind::decimal_wire:
      return from_form(append_wire_text(cell.view(), out));
    case CellKind::text:
    case CellKind::json:
    case CellKind::bits:
      out.append(cell.view());
      return TextStatus::ok;
    case CellKind::bytes:
      return append_hex(cell.view(), out);
    case CellKind::uuid:
      return with_room(out, uuid_text_size, [&](char* to) { return append_uuid(to, cell.data); });
    case CellKind::date:
    case CellKind::timestamp:
    case CellKind::timestamp_tz:
      if (cell.i == time_infinity || cell.i == time_minus_infinity) return TextStatus::infinite;
      return append_time_text(cell, type, out);
    case CellKind::time:
    case CellKind::time_tz:
    case CellKind::interval:
      return append_time_text(cell, type, out);
    case CellKind::array:
      if (type.kind == TypeKind::multirange) return append_elements(cell, type, '{', '}', Literal::multirange, "", out);
      return append_elements(cell, type, '{', '}', Literal::array, type.kind == TypeKind::set ? "" : "NULL", out);
    case CellKind::composite:
      return append_elements(cell, type, '(', ')', Literal::record, "", out);
    case CellKind::map:
      return append_map(cell, out);
    case CellKind::range:
      return append_range(cell, type, out);
    case CellKind::invalid:
      return TextStatus::invalid;
  }
  return TextStatus::invalid;
}

}  // namespace

TextStatus append_text(const Cell& cell, const Type& type, Buffer& out) {
  const std::size_t begin = out.size();
  const TextStatus status = append_text_unguarded(cell, type, out);
  if (status != TextStatus::ok) out.truncate(begin);
  return status;
}

char* append_uuid(char* out, const char* bytes) {
  static constexpr auto pairs = [] {
    std::array<char, 512> table{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
      table[2 * byte] = "0123456789abcdef"[byte >> 4];
      table[2 * byte + 1] = "0123456789abcdef"[byte & 15];
    }
    return table;
  }();
  for (std::size_t index = 0; index < 16; ++index) {
    if (index == 4 || index == 6 || index == 8 || index == 10) *out++ = '-';
    std::memcpy(out, pairs.data() + 2 * static_cast<unsigned char>(bytes[index]), 2);
    out += 2;
  }
  return out;
}

char* append_float(char* out, double value, bool single) {
  // The shortest digits, as d.ddde+xx; then PostgreSQL's choice of notation (float8out, float4out).
  char digits[48];
  const auto end = single ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(value), std::chars_format::scientific).ptr
                          : std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr;
  const char* at = digits;
  if (*at == '-') *out++ = *at++;
  const char* const mark = std::find(at, static_cast<const char*>(end), 'e');
  int exponent = 0;
  std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, exponent);
  char significant[32] = {};
  int count = 0;
  for (const char* digit = at; digit < mark; ++digit)
    if (*digit != '.') significant[count++] = *digit;
  if (exponent < -4 || exponent >= (single ? 6 : 15)) {
    *out++ = significant[0];
    if (count > 1) {
      *out++ = '.';
      std::memcpy(out, significant + 1, static_cast<std::size_t>(count - 1));
      out += count - 1;
    }
    std::memcpy(out, mark, static_cast<std::size_t>(end - mark));
    return out + (end - mark);
  }
  if (exponent < 0) {
    std::memcpy(out, "0.0000", static_cast<std::size_t>(1 - exponent));
    out += 1 - exponent;
  }
  for (int index = 0; index < count || index <= exponent; ++index) {
    if (index == exponent + 1 && exponent >= 0) *out++ = '.';
    *out++ = index < count ? significant[index] : '0';
  }
  return out;
}

}  // namespace itemize::row
