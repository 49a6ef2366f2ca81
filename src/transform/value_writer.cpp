#include "transform/value_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "item/limits.h"
#include "item/number.h"
#include "item/string_text.h"
#include "row/cell_text.h"

namespace itemize::transform {
namespace {

using item::Reason;
using row::Cell;
using row::CellKind;
using row::Type;

const Type no_type{};

const Type& child(const Type& type, std::size_t index) { return index < type.children.size() ? type.children[index] : no_type; }

/// Checks the number that stands in `output` from `begin`, and adds its size.
Written finish_number(std::size_t begin, ValueOutput& output) {
  const item::NumberCheck check = item::check_number(output.out.view(begin, output.out.size() - begin));
  if (check.fit == item::NumberFit::too_precise) return output.refuse(Reason::number_precision, "the number has more than 38 significant digits");
  if (check.fit == item::NumberFit::out_of_range) return output.refuse(Reason::number_range, "the number is outside DynamoDB's range (1E-130 to 9.99E+125)");
  output.size += check.size;
  return Written::value;
}

Written refuse_form(NumberForm form, ValueOutput& output) {
  switch (form) {
    case NumberForm::nan: return output.refuse(Reason::not_a_number, "NaN is no number to DynamoDB");
    case NumberForm::infinity: case NumberForm::minus_infinity: return output.refuse(Reason::infinite, "DynamoDB has no infinite numbers");
    default: return output.refuse(Reason::invalid_value, "the number could not be decoded");
  }
}

Written write_decimal(const std::optional<Decimal>& number, ValueOutput& output) {
  if (!number) return output.refuse(Reason::type_mismatch, "the value is not a number");
  if (number->kind == Decimal::Kind::nan) return refuse_form(NumberForm::nan, output);
  if (number->kind != Decimal::Kind::finite) return refuse_form(NumberForm::infinity, output);
  // A number of thousands of digits must not cost more than to be refused.
  const int top = static_cast<int>(number->digits.size()) - number->scale;
  if (!number->digits.empty() && (top > item::number_highest_exponent + 1 || top < item::number_lowest_exponent))
    return output.refuse(Reason::number_range, "the number is outside DynamoDB's range (1E-130 to 9.99E+125)");
  const std::size_t begin = output.out.size();
  output.out.append(canonical_text(*number));
  return finish_number(begin, output);
}

Written write_integer(std::uint64_t magnitude, bool negative, ValueOutput& output) {
  char* const start = output.out.reserve(24);
  char* end = start;
  if (negative) *end++ = '-';
  end = std::to_chars(end, start + 24, magnitude).ptr;
  output.out.advance(static_cast<std::size_t>(end - start));
  // At most 20 digits: always fits; only the size is wanted.
  output.size += item::check_number({start, static_cast<std::size_t>(end - start)}).size;
  return Written::value;
}

Written write_float(const Cell& cell, ValueOutput& output) {
  if (std::isnan(cell.d)) return refuse_form(NumberForm::nan, output);
  if (std::isinf(cell.d)) return refuse_form(NumberForm::infinity, output);
  char text[40];
  char* const end = row::append_float(text, cell.d, cell.kind == CellKind::float32);
  const std::string_view view(text, static_cast<std::size_t>(end - text));
  if (view.find('e') != std::string_view::npos || view == "-0") return write_decimal(parse_decimal(view), output);
  const std::size_t begin = output.out.size();
  output.out.append(view);
  return finish_number(begin, output);
}

Written write_bits_number(std::string_view bits, ValueOutput& output) {
  std::uint64_t value = 0;
  for (const char bit : bits) value = value << 1 | (bit == '1' ? 1U : 0U);
  return write_integer(value, false, output);
}

Written typed_number(const Cell& cell, ValueOutput& output) {
  output.out.append("{\"N\":\"");
  if (const Written written = write_number_text(cell, output); written != Written::value) return written;
  output.out.append("\"}");
  return Written::value;
}

Written typed_string(std::string_view text, ValueOutput& output) {
  output.out.append("{\"S\":\"");
  if (const Written written = write_string_text(text, output); written != Written::value) return written;
  output.out.append("\"}");
  return Written::value;
}

/// The canonical text of a cell as S. All of these kinds are ASCII.
Written typed_plain_text(const Cell& cell, const Type& type, ValueOutput& output) {
  output.out.append("{\"S\":\"");
  const std::size_t begin = output.out.size();
  if (const Written written = to_text(cell, type, output.out, output); written != Written::value) return written;
  output.size += static_cast<std::uint32_t>(output.out.size() - begin);
  output.out.append("\"}");
  return Written::value;
}

Written typed_binary(std::string_view bytes, ValueOutput& output) {
  output.out.append("{\"B\":\"");
  item::append_base64(output.out, bytes);
  output.out.append("\"}");
  output.size += static_cast<std::uint32_t>(bytes.size());
  return Written::value;
}

Written typed_bool(bool value, ValueOutput& output) {
  output.out.append(value ? "{\"BOOL\":true}" : "{\"BOOL\":false}");
  output.size += 1;
  return Written::value;
}

Written write_null(ValueOutput& output) {
  output.out.append("{\"NULL\":true}");
  output.size += 1;
  return Written::value;
}

bool too_deep(int depth, ValueOutput& output) {
  if (depth < item::nesting_depth_limit) return false;
  output.refuse(Reason::document_depth, "the document is nested deeper than 32 levels");
  return true;
}

Written nested_value(const Cell& cell, const Type& type, int depth, ValueOutput& output) {
  return cell.is_null() ? write_null(output) : write_value(cell, type, depth, output);
}

Written write_list(const Cell& cell, const Type& type, int depth, ValueOutput& output) {
  if (too_deep(depth, output)) return Written::refused;
  output.out.append("{\"L\":[");
  output.size += 3;
  bool first = true;
  for (const Cell& element : cell.children()) {
    if (!std::exchange(first, false)) output.out.append(',');
    output.size += 1;
    // Inner dimensions of an array have the array's own type.
    const bool inner = element.kind == CellKind::array && type.kind == row::TypeKind::array && child(type, 0).kind != row::TypeKind::array;
    if (const Written written = nested_value(element, inner ? type : child(type, 0), depth + 1, output); written != Written::value) return written;
  }
  output.out.append("]}");
  return Written::value;
}

/// One entry of an M: comma, name, value.
Written write_entry(bool first, std::string_view name, const Cell& value, const Type& type, int depth, ValueOutput& output) {
  if (name.empty()) return output.refuse(Reason::map_key_empty, "a map has an empty key");
  output.out.append(first ? "\"" : ",\"");
  if (!item::append_escaped(output.out, name)) return output.refuse(Reason::invalid_utf8, "a map's key is not valid UTF-8");
  output.out.append("\":");
  output.size += static_cast<std::uint32_t>(name.size()) + 1;
  return nested_value(value, type, depth, output);
}

Written write_composite(const Cell& cell, const Type& type, int depth, ValueOutput& output) {
  if (too_deep(depth, output)) return Written::refused;
  output.out.append("{\"M\":{");
  output.size += 3;
  for (std::size_t index = 0; index < cell.size; ++index) {
    const Type& field = child(type, index);
    const std::string name = field.field.empty() ? "f" + std::to_string(index + 1) : field.field;
    if (const Written written = write_entry(index == 0, name, cell.cells[index], field, depth + 1, output); written != Written::value) return written;
  }
  output.out.append("}}");
  return Written::value;
}

Written write_map(const Cell& cell, int depth, ValueOutput& output) {
  if (too_deep(depth, output)) return Written::refused;
  output.out.append("{\"M\":{");
  output.size += 3;
  for (std::size_t entry = 0; entry < cell.size; ++entry)
    if (const Written written = write_entry(entry == 0, cell.cells[2 * entry].view(), cell.cells[2 * entry + 1], no_type, depth + 1, output); written != Written::value)
      return written;
  output.out.append("}}");
  return Written::value;
}

/// {lower, upper, lower_inclusive, upper_inclusive}; an unbounded side is absent; {empty: true}.
Written write_range(const Cell& cell, const Type& type, int depth, ValueOutput& output) {
  if (too_deep(depth, output)) return Written::refused;
  output.out.append("{\"M\":{");
  output.size += 3;
  if ((cell.flags & row::range_empty) != 0) {
    if (const Written written = write_entry(true, "empty", Cell::boolean(true), no_type, depth + 1, output); written != Written::value) return written;
    output.out.append("}}");
    return Written::value;
  }
  bool first = true;
  const auto add = [&](std::string_view name, const Cell& value, const Type& value_type) {
    return write_entry(std::exchange(first, false), name, value, value_type, depth + 1, output);
  };
  constexpr std::string_view names[2] = {"lower", "upper"};
  constexpr std::string_view inclusive_names[2] = {"lower_inclusive", "upper_inclusive"};
  for (int bound = 0; bound < 2; ++bound) {
    if (cell.cells[bound].is_null()) continue;
    if (const Written written = add(names[bound], cell.cells[bound], child(type, 0)); written != Written::value) return written;
    const bool inclusive = (cell.flags & (bound == 0 ? row::range_lower_inclusive : row::range_upper_inclusive)) != 0;
    if (const Written written = add(inclusive_names[bound], Cell::boolean(inclusive), no_type); written != Written::value) return written;
  }
  output.out.append("}}");
  return Written::value;
}

Written refuse_invalid(const Cell& cell, ValueOutput& output) {
  const Reason reason = cell.flags == row::invalid_utf8        ? Reason::invalid_utf8
                        : cell.flags == row::invalid_zero_date ? Reason::invalid_date
                                                               : Reason::invalid_value;
  return output.refuse(reason, std::string(cell.view()));
}

/// SS, NS or BS of an array's elements; NULL elements cannot be in a set.
Written write_set(const Cell& cell, const Type& type, model::WriteAs as, ValueOutput& output) {
  if (cell.kind != CellKind::array) return output.refuse(Reason::type_mismatch, "only an array or a set can be written as a set");
  const std::span<const Cell> elements = cell.children();
  if (elements.empty()) return Written::absent;
  output.out.append(as == model::WriteAs::SS ? "{\"SS\":[" : as == model::WriteAs::NS ? "{\"NS\":[" : "{\"BS\":[");
  std::vector<std::string> seen;
  for (std::size_t index = 0; index < elements.size(); ++index) {
    const Cell& element = elements[index];
    if (element.is_null()) return output.refuse(Reason::type_mismatch, "a set cannot hold NULL");
    if (element.kind == CellKind::array) return output.refuse(Reason::type_mismatch, "a set cannot hold lists");
    output.out.append(index == 0 ? "\"" : ",\"");
    const std::size_t begin = output.out.size();
    Written written = Written::value;
    if (as == model::WriteAs::NS) {
      written = write_number_text(element, output);
    } else if (as == model::WriteAs::BS) {
      if (element.kind != CellKind::bytes) return output.refuse(Reason::type_mismatch, "only binary values can be in a BS");
      item::append_base64(output.out, element.view());
      output.size += element.size;
    } else {
      Buffer scratch;
      written = to_text(element, child(type, 0), scratch, output);
      if (written == Written::value) written = write_string_text(scratch.view(), output);
    }
    if (written != Written::value) return written;
    seen.emplace_back(output.out.view(begin, output.out.size() - begin));
    output.out.append('"');
  }
  std::ranges::sort(seen);
  if (std::ranges::adjacent_find(seen) != seen.end()) return output.refuse(Reason::duplicate_attribute, "a set cannot hold the same element twice");
  output.out.append("]}");
  return Written::value;
}

Written write_as_boolean(const Cell& cell, ValueOutput& output) {
  switch (cell.kind) {
    case CellKind::boolean: return typed_bool(cell.i != 0, output);
    case CellKind::int64: case CellKind::uint64:
      if (cell.u <= 1) return typed_bool(cell.u == 1, output);
      break;
    case CellKind::bits:
      if (cell.view() == "0" || cell.view() == "1") return typed_bool(cell.view() == "1", output);
      break;
    case CellKind::text:
      for (const std::string_view yes : {"true", "t", "yes", "y", "on", "1"})
        if (cell.view() == yes) return typed_bool(true, output);
      for (const std::string_view no : {"false", "f", "no", "n", "off", "0"})
        if (cell.view() == no) return typed_bool(false, output);
      break;
    default: break;
  }
  return output.refuse(Reason::type_mismatch, "the value is neither true nor false (0 or 1)");
}

Written write_as_string(const Cell& cell, const Type& type, ValueOutput& output) {
  if (cell.kind == CellKind::text || cell.kind == CellKind::json) return typed_string(cell.view(), output);
  Buffer scratch;
  if (const Written written = to_text(cell, type, scratch, output); written != Written::value) return written;
  return typed_string(scratch.view(), output);
}

}  // namespace

Written write_string_text(std::string_view text, ValueOutput& output) {
  if (!item::append_escaped(output.out, text)) return output.refuse(Reason::invalid_utf8, "the text is not valid UTF-8");
  output.size += static_cast<std::uint32_t>(text.size());
  return Written::value;
}

Written write_number_text(const Cell& cell, ValueOutput& output) {
  switch (cell.kind) {
    case CellKind::int64: return write_integer(cell.i < 0 ? 0 - static_cast<std::uint64_t>(cell.i) : cell.u, cell.i < 0, output);
    case CellKind::uint64: return write_integer(cell.u, false, output);
    case CellKind::boolean: return write_integer(cell.i != 0 ? 1 : 0, false, output);
    case CellKind::float32: case CellKind::float64: return write_float(cell, output);
    case CellKind::bits:
      if (cell.size <= 64) return write_bits_number(cell.view(), output);
      return output.refuse(Reason::type_mismatch, "more than 64 bits are not written as a number");
    case CellKind::decimal_wire: {
      const std::size_t begin = output.out.size();
      const NumberForm form = append_wire_number(cell.view(), output.out);
      return form == NumberForm::finite ? finish_number(begin, output) : refuse_form(form, output);
    }
    case CellKind::decimal_text: case CellKind::text: return write_decimal(parse_decimal(cell.view()), output);
    case CellKind::invalid: return refuse_invalid(cell, output);
    default: return output.refuse(Reason::type_mismatch, "the value is not a number");
  }
}

Written to_text(const Cell& cell, const Type& type, Buffer& scratch, ValueOutput& output) {
  switch (row::append_text(cell, type, scratch)) {
    case row::TextStatus::ok: return Written::value;
    case row::TextStatus::null: return Written::absent;
    case row::TextStatus::not_a_number: return refuse_form(NumberForm::nan, output);
    case row::TextStatus::infinite: return output.refuse(Reason::infinite, "an infinite value cannot be written");
    case row::TextStatus::invalid: break;
  }
  if (cell.kind == CellKind::invalid) return refuse_invalid(cell, output);
  return output.refuse(Reason::invalid_value, "the value could not be decoded");
}

Written write_value(const Cell& cell, const Type& type, int depth, ValueOutput& output) {
  switch (cell.kind) {
    case CellKind::null: return write_null(output);
    case CellKind::boolean: return typed_bool(cell.i != 0, output);
    case CellKind::int64: case CellKind::uint64: case CellKind::float32: case CellKind::float64: case CellKind::decimal_wire:
    case CellKind::decimal_text: return typed_number(cell, output);
    case CellKind::text: return typed_string(cell.view(), output);
    case CellKind::bytes: return typed_binary(cell.view(), output);
    case CellKind::bits:
      if (!type.is_varying && cell.size >= 1 && cell.size <= 64) return typed_number(cell, output);
      return typed_string(cell.view(), output);
    case CellKind::uuid: case CellKind::date: case CellKind::time: case CellKind::time_tz: case CellKind::timestamp: case CellKind::timestamp_tz:
    case CellKind::interval: return typed_plain_text(cell, type, output);
    case CellKind::json: return write_document(cell.view(), depth, output);
    case CellKind::array:
      if (type.kind == row::TypeKind::set) return write_set(cell, type, model::WriteAs::SS, output);
      return write_list(cell, type, depth, output);
    case CellKind::composite: return write_composite(cell, type, depth, output);
    case CellKind::map: return write_map(cell, depth, output);
    case CellKind::range: return write_range(cell, type, depth, output);
    case CellKind::invalid: return refuse_invalid(cell, output);
  }
  return output.refuse(Reason::invalid_value, "the value could not be decoded");
}

Written write_value_as(const Cell& cell, const Type& type, model::WriteAs as, ValueOutput& output) {
  using model::WriteAs;
  if (cell.kind == CellKind::invalid) return refuse_invalid(cell, output);
  switch (as) {
    case WriteAs::automatic: return write_value(cell, type, 0, output);
    case WriteAs::null: return write_null(output);
    case WriteAs::S: return write_as_string(cell, type, output);
    case WriteAs::N: return typed_number(cell, output);
    case WriteAs::B:
      if (cell.kind == CellKind::bytes || cell.kind == CellKind::text || cell.kind == CellKind::uuid) return typed_binary(cell.kind == CellKind::uuid ? std::string_view(cell.data, 16) : cell.view(), output);
      return output.refuse(Reason::type_mismatch, "only bytes and text can be written as B");
    case WriteAs::BOOL: return write_as_boolean(cell, output);
    case WriteAs::SS: case WriteAs::NS: case WriteAs::BS: return write_set(cell, type, as, output);
    case WriteAs::L:
      if (cell.kind == CellKind::array) return write_list(cell, type, 0, output);
      break;
    case WriteAs::M:
      if (cell.kind == CellKind::composite || cell.kind == CellKind::map || cell.kind == CellKind::range) return write_value(cell, type, 0, output);
      break;
    case WriteAs::document:
      if (cell.kind == CellKind::text || cell.kind == CellKind::json) return write_document(cell.view(), 0, output);
      return write_value(cell, type, 0, output);
  }
  // L and M of a JSON text: the document must then be of that kind.
  if (cell.kind != CellKind::json && cell.kind != CellKind::text) return output.refuse(Reason::type_mismatch, as == WriteAs::L ? "the value is not a list" : "the value is not a map");
  const std::size_t begin = output.out.size();
  const Written written = write_document(cell.view(), 0, output);
  if (written == Written::value && output.out.view(begin, 4) != (as == WriteAs::L ? "{\"L\"" : "{\"M\""))
    return output.refuse(Reason::type_mismatch, as == WriteAs::L ? "the document is not a list" : "the document is not a map");
  return written;
}

}  // namespace itemize::transform
