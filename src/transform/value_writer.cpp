#include "transform/value_writer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/decimal.h"
#include "base/text.h"
#include "item/limits.h"
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
  if (bytes.size() > item::item_size_limit) return refuse_too_large(bytes.size(), output);
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
  if (too_large(output)) return Written::refused;
  if (cell.is_null()) return write_null(output);
  const Written written = write_value(cell, type, depth, output);
  return written == Written::absent ? write_null(output) : written;  // a place in a list cannot be absent
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
    const row::TypeKind kind = child(type, 0).kind;
    const bool inner = element.kind == CellKind::array && type.kind == row::TypeKind::array && kind != row::TypeKind::array &&
                       kind != row::TypeKind::multirange;
    if (const Written written = nested_value(element, inner ? type : child(type, 0), depth + 1, output); written != Written::value)
      return written;
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
    if (const Written written = write_entry(index == 0, name, cell.cells[index], field, depth + 1, output); written != Written::value)
      return written;
  }
  output.out.append("}}");
  return Written::value;
}

Written write_map(const Cell& cell, int depth, ValueOutput& output) {
  if (too_deep(depth, output)) return Written::refused;
  output.out.append("{\"M\":{");
  output.size += 3;
  for (std::size_t entry = 0; entry < cell.size; ++entry)
    if (const Written written =
            write_entry(entry == 0, cell.cells[2 * entry].view(), cell.cells[2 * entry + 1], no_type, depth + 1, output);
        written != Written::value)
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
    if (const Written written = write_entry(true, "empty", Cell::boolean(true), no_type, depth + 1, output); written != Written::value)
      return written;
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

/// Words for no and yes, as PostgreSQL's boolean input takes them (without case, blanks of char(n) around them).
std::optional<bool> boolean_of(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const auto is = [text](std::string_view word) { return same_without_case(text, word); };
  for (const std::string_view yes : {"true", "t", "yes", "y", "on", "1"})
    if (is(yes)) return true;
  for (const std::string_view no : {"false", "f", "no", "n", "off", "0"})
    if (is(no)) return false;
  return std::nullopt;
}

Written write_as_boolean(const Cell& cell, const Type& type, ValueOutput& output) {
  std::optional<bool> value;
  switch (cell.kind) {
    case CellKind::boolean:
      value = cell.i != 0;
      break;
    case CellKind::int64:
    case CellKind::uint64:
      if (cell.u <= 1) value = cell.u == 1;
      break;
    case CellKind::float32:
    case CellKind::float64:
      if (cell.d == 0 || cell.d == 1) value = cell.d == 1;
      break;
    case CellKind::decimal_wire:
    case CellKind::decimal_text: {
      Buffer scratch;
      if (to_text(cell, type, scratch, output) != Written::value) return Written::refused;
      const std::optional<Decimal> number = parse_decimal(scratch.view());
      if (number && (number->is_zero() || compare(*number, decimal_from(1)) == 0)) value = !number->is_zero();
      break;
    }
    case CellKind::text:
    case CellKind::bits:
    case CellKind::json:
      value = boolean_of(cell.view());
      break;
    default:
      break;
  }
  if (value) return typed_bool(*value, output);
  return output.refuse(Reason::type_mismatch, "the value is neither true nor false (0 or 1)");
}

Written write_as_string(const Cell& cell, const Type& type, ValueOutput& output) {
  if (cell.kind == CellKind::text || cell.kind == CellKind::json) return typed_string(cell.view(), output);
  Buffer scratch;
  if (const Written written = to_text(cell, type, scratch, output); written != Written::value) return written;
  return typed_string(scratch.view(), output);
}

}  // namespace

bool too_large(ValueOutput& output) {
  if (output.size <= item::item_size_limit) return false;
  output.refuse(Reason::item_too_large, "the item has more than 409,600 bytes (400 KB)");
  return true;
}

Written refuse_too_large(std::size_t size, ValueOutput& output) {
  return output.refuse(Reason::item_too_large,
                       "the value has " + std::to_string(size) + " bytes; DynamoDB takes items of 409,600 (400 KB)");
}

Written refuse_invalid(const Cell& cell, ValueOutput& output) {
  const Reason reason = cell.flags == row::invalid_utf8        ? Reason::invalid_utf8
                        : cell.flags == row::invalid_zero_date ? Reason::invalid_date
                                                               : Reason::invalid_value;
  return output.refuse(reason, std::string(cell.view()));
}

Written write_string_text(std::string_view text, ValueOutput& output) {
  if (text.size() > item::item_size_limit) return refuse_too_large(text.size(), output);
  if (!item::append_escaped(output.out, text)) return output.refuse(Reason::invalid_utf8, "the text is not valid UTF-8");
  output.size += static_cast<std::uint32_t>(text.size());
  return Written::value;
}

Written to_text(const Cell& cell, const Type& type, Buffer& scratch, ValueOutput& output) {
  switch (row::append_text(cell, type, scratch)) {
    case row::TextStatus::ok:
      return Written::value;
    case row::TextStatus::null:
      return Written::absent;
    case row::TextStatus::not_a_number:
      return refuse_form(NumberForm::nan, output);
    case row::TextStatus::infinite:
      return output.refuse(Reason::infinite, "an infinite value cannot be written");
    case row::TextStatus::invalid:
      break;
  }
  if (cell.kind == CellKind::invalid) return refuse_invalid(cell, output);
  return output.refuse(Reason::invalid_value, "the value could not be decoded");
}

Written write_value(const Cell& cell, const Type& type, int depth, ValueOutput& output) {
  switch (cell.kind) {
    case CellKind::null:
      return write_null(output);
    case CellKind::boolean:
      return typed_bool(cell.i != 0, output);
    case CellKind::int64:
    case CellKind::uint64:
    case CellKind::float32:
    case CellKind::float64:
    case CellKind::decimal_wire:
    case CellKind::decimal_text:
      return typed_number(cell, output);
    case CellKind::text:
      return typed_string(cell.view(), output);
    case CellKind::bytes:
      return typed_binary(cell.view(), output);
    case CellKind::bits:
      if (!type.is_varying && cell.size >= 1 && cell.size <= 64) return typed_number(cell, output);
      return typed_string(cell.view(), output);
    case CellKind::uuid:
    case CellKind::date:
    case CellKind::time:
    case CellKind::time_tz:
    case CellKind::timestamp:
    case CellKind::timestamp_tz:
    case CellKind::interval:
      return typed_plain_text(cell, type, output);
    case CellKind::json:
      return write_document(cell.view(), depth, output);
    case CellKind::array:
      if (type.kind == row::TypeKind::set) return write_set(cell, type, model::WriteAs::SS, output);
      return write_list(cell, type, depth, output);
    case CellKind::composite:
      return write_composite(cell, type, depth, output);
    case CellKind::map:
      return write_map(cell, depth, output);
    case CellKind::range:
      return write_range(cell, type, depth, output);
    case CellKind::invalid:
      return refuse_invalid(cell, output);
  }
  return output.refuse(Reason::invalid_value, "the value could not be decoded");
}

Written write_value_as(const Cell& cell, const Type& type, model::WriteAs as, ValueOutput& output, int depth) {
  using model::WriteAs;
  if (cell.kind == CellKind::invalid) return refuse_invalid(cell, output);
  switch (as) {
    case WriteAs::automatic:
      return write_value(cell, type, depth, output);
    case WriteAs::null:
      return write_null(output);
    case WriteAs::S:
      return write_as_string(cell, type, output);
    case WriteAs::N:
      return typed_number(cell, output);
    case WriteAs::B:
      if (cell.kind == CellKind::bytes || cell.kind == CellKind::text || cell.kind == CellKind::uuid)
        return typed_binary(cell.kind == CellKind::uuid ? std::string_view(cell.data, 16) : cell.view(), output);
      return output.refuse(Reason::type_mismatch, "only bytes and text can be written as B");
    case WriteAs::BOOL:
      return write_as_boolean(cell, type, output);
    case WriteAs::SS:
    case WriteAs::NS:
    case WriteAs::BS:
      return write_set(cell, type, as, output);
    case WriteAs::L:
      if (cell.kind == CellKind::array) return write_list(cell, type, depth, output);
      break;
    case WriteAs::M:
      if (cell.kind == CellKind::composite || cell.kind == CellKind::map || cell.kind == CellKind::range)
        return write_value(cell, type, depth, output);
      break;
    case WriteAs::document:
      if (cell.kind == CellKind::text || cell.kind == CellKind::json) return write_document(cell.view(), depth, output);
      return write_value(cell, type, depth, output);
  }
  // L and M of a JSON text: the document must then be of that kind.
  if (cell.kind != CellKind::json && cell.kind != CellKind::text)
    return output.refuse(Reason::type_mismatch, as == WriteAs::L ? "the value is not a list" : "the value is not a map");
  const std::size_t begin = output.out.size();
  const Written written = write_document(cell.view(), depth, output);
  if (written == Written::value && output.out.view(begin, 4) != (as == WriteAs::L ? "{\"L\"" : "{\"M\""))
    return output.refuse(Reason::type_mismatch, as == WriteAs::L ? "the document is not a list" : "the document is not a map");
  return written;
}

}  // namespace itemize::transform
