#include "transform/attribute_writer.h"

#include <cmath>
#include <cstring>

#include "base/civil_time.h"
#include "base/decimal.h"
#include "item/limits.h"
#include "item/string_text.h"
#include "row/cell_text.h"

namespace itemize::transform {

using row::Cell;
using row::CellKind;

namespace {

constexpr std::string_view string_end = "\"}";

/// A value whose text is ASCII and needs no escaping, in one reservation: `write` gets the place and returns the end.
template <class Write>
Written plain_string(const CompiledAttribute& attribute, std::size_t most, ValueOutput& output, Write write) {
  char* const start = output.out.reserve(attribute.string_prefix.room() + most + string_end.size());
  char* const begin = attribute.string_prefix.copy_to(start);
  char* const end = write(begin);
  std::memcpy(end, string_end.data(), string_end.size());
  output.out.advance(static_cast<std::size_t>(end - start) + string_end.size());
  output.size += attribute.name_size + static_cast<std::uint32_t>(end - begin);
  return Written::value;
}

Written string_attribute(const CompiledAttribute& attribute, std::string_view text, ValueOutput& output) {
  append(attribute.string_prefix, output.out);
  if (write_string_text(text, output) != Written::value) return Written::refused;
  output.out.append(string_end);
  output.size += attribute.name_size;
  return Written::value;
}

Written number_attribute(const CompiledAttribute& attribute, const Cell& cell, ValueOutput& output) {
  append(attribute.number_prefix, output.out);
  if (write_number_text(cell, output) != Written::value) return Written::refused;
  output.out.append(string_end);
  output.size += attribute.name_size;
  return Written::value;
}

bool is_infinite(const Cell& cell) { return cell.i == row::time_infinity || cell.i == row::time_minus_infinity; }

/// The kinds that most columns have, without a detour; everything else as value_writer.h says.
Written automatic_attribute(const CompiledAttribute& attribute, const Cell& cell, int depth, ValueOutput& output) {
  const row::Type& type = attribute.bound->type;
  switch (cell.kind) {
    case CellKind::int64:
    case CellKind::uint64:
    case CellKind::float32:
    case CellKind::float64:
    case CellKind::decimal_wire:
    case CellKind::decimal_text:
      return number_attribute(attribute, cell, output);
    case CellKind::text:
      return string_attribute(attribute, cell.view(), output);
    case CellKind::uuid:
      return plain_string(attribute, row::uuid_text_size, output, [&](char* to) { return row::append_uuid(to, cell.data); });
    case CellKind::date:
      if (is_infinite(cell)) break;
      return plain_string(attribute, iso_time_capacity, output, [&](char* to) { return append_date(to, cell.i); });
    case CellKind::timestamp:
    case CellKind::timestamp_tz:
      if (is_infinite(cell)) break;
      return plain_string(attribute, iso_time_capacity, output,
                          [&](char* to) { return append_timestamp(to, cell.i, type.precision, cell.kind == CellKind::timestamp_tz); });
    default:
      break;
  }
  append(attribute.prefix, output.out);
  output.size += attribute.name_size;
  return write_value(cell, type, depth, output);
}

}  // namespace

Written write_attribute(const CompiledAttribute& attribute, const Cell& cell, int depth, ValueOutput& output) {
  if (attribute.bound->write_as == model::WriteAs::automatic) return automatic_attribute(attribute, cell, depth, output);
  append(attribute.prefix, output.out);
  output.size += attribute.name_size;
  return write_value_as(cell, attribute.bound->type, attribute.bound->write_as, output, depth);
}

void append_null(const CompiledAttribute& attribute, ValueOutput& output) {
  append(attribute.prefix, output.out);
  output.out.append("{\"NULL\":true}");
  output.size += attribute.name_size + 1;
}

std::optional<std::string> text_of_refused(const Cell& cell, const row::Type& type) {
  switch (cell.kind) {
    case CellKind::date:
    case CellKind::timestamp:
    case CellKind::timestamp_tz:
      if (is_infinite(cell)) return cell.i == row::time_infinity ? "infinity" : "-infinity";
      break;
    case CellKind::float32:
    case CellKind::float64:
      if (std::isnan(cell.d)) return "NaN";
      if (std::isinf(cell.d)) return cell.d > 0 ? "Infinity" : "-Infinity";
      break;
    case CellKind::decimal_wire: {
      const std::optional<Decimal> number = decimal_from_wire(cell.view());
      return number ? std::optional(text_with_scale(*number)) : std::nullopt;
    }
    case CellKind::decimal_text:
      return std::string(cell.view());
    case CellKind::text:
    case CellKind::json:
    case CellKind::bytes:
      // Too large as it is: its text would be as well.
      if (cell.size > item::item_size_limit) return std::nullopt;
      break;
    default:
      break;
  }
  Buffer text;
  if (row::append_text(cell, type, text) != row::TextStatus::ok) return std::nullopt;
  return std::string(text.view());
}

bool is_past(std::string_view value, std::int64_t now) {
  constexpr std::string_view start = "{\"N\":\"";
  if (!value.starts_with(start)) return false;
  const std::string number(value.substr(start.size(), value.find('"', start.size()) - start.size()));
  return std::strtod(number.c_str(), nullptr) < std::floor(static_cast<double>(now) / 1e6);
}

}  // namespace itemize::transform
