// Where a row came from, and the row itself, as JSON.
#include <cmath>

#include "base/text.h"
#include "item/string_text.h"
#include "row/cell_text.h"
#include "transform/program.h"

namespace itemize::transform {
namespace {

using row::Cell;
using row::CellKind;

/// Of a value in a rejects file: enough to see what it is. The row itself is read again by its key.
constexpr std::size_t most_shown = 16 * 1024;

/// In quotes; as hexadecimal digits where it is not UTF-8.
void append_string(std::string_view text, Buffer& out) {
  const std::size_t begin = out.size();
  out.append('"');
  if (!item::append_escaped(out, text)) {
    out.truncate(begin);
    out.append("\"\\");  // the hexadecimal form begins with a backslash
    row::append_text(Cell::view_of(CellKind::bytes, text), {}, out);
  }
  out.append('"');
}

/// The source's word for a number or a moment that has no end: the row is found again by it.
std::string_view boundless_text(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::float32:
    case CellKind::float64:
      return std::isnan(cell.d) ? "NaN" : cell.d > 0 ? "Infinity" : "-Infinity";
    case CellKind::decimal_text:
      return cell.view();
    case CellKind::decimal_wire: {
      const auto sign = static_cast<unsigned char>(cell.size > 4 ? cell.data[4] : 0);  // numeric_send: ndigits, weight, sign
      return sign == 0xD0 ? "Infinity" : sign == 0xF0 ? "-Infinity" : "NaN";
    }
    case CellKind::date:
    case CellKind::timestamp:
    case CellKind::timestamp_tz:
      return cell.i == row::time_infinity ? "infinity" : "-infinity";
    case CellKind::invalid:
      return cell.view();
    default:
      return "not a finite value";
  }
}

/// The text of a value as a JSON string; bytes that are not UTF-8 are described.
void append_text_value(const Cell& cell, const row::Type& type, std::size_t most, Buffer& out) {
  if (cell.is_null()) return out.append("null");
  if (cell.kind == CellKind::int64 || cell.kind == CellKind::uuid) {  // the usual keys: nothing to escape
    out.append('"');
    row::append_text(cell, type, out);
    return out.append('"');
  }
  if (cell.kind == CellKind::text && cell.size <= most) return append_string(cell.view(), out);
  Buffer text;
  const row::TextStatus status = row::append_text(cell, type, text);
  if (status != row::TextStatus::ok) text.append(boundless_text(cell));
  const std::string_view shown = start_of(text.view(), most);
  append_string(shown, out);
  if (shown.size() == text.size()) return;
  out.truncate(out.size() - 1);
  out.append("... (" + std::to_string(text.size()) + " bytes)\"");
}

void append_name(std::string_view name, Buffer& out) {
  out.append('"');
  item::append_escaped(out, name);
  out.append("\":");
}

}  // namespace

std::string origin_start(const model::BoundTable& table) {
  Buffer out;
  out.append("{\"table\":\"");
  item::append_escaped(out, table.table->display_name());
  out.append("\",\"key\":{");
  return std::string(out.view());
}

std::vector<std::string> origin_names(const model::BoundItem& item, const model::BoundTable& table) {
  std::vector<std::string> names;
  for (const std::size_t slot : item.identity_slots) {
    Buffer out;
    if (!names.empty()) out.append(',');
    append_name(table.columns[slot], out);
    names.emplace_back(out.view());
  }
  return names;
}

void append_origin(const CompiledItem& item, const model::BoundTable& table, std::span<const row::Cell> row, Buffer& out) {
  out.append(item.origin_start);
  for (std::size_t index = 0; index < item.origin_names.size(); ++index) {
    const std::size_t slot = item.bound->identity_slots[index];
    out.append(item.origin_names[index]);
    append_text_value(row[slot], table.types[slot], std::string::npos, out);
  }
  out.append("}}");
}

void append_origin(const model::BoundItem& item, const model::BoundTable& table, std::span<const row::Cell> row, Buffer& out) {
  CompiledItem compiled;
  compiled.bound = &item;
  compiled.origin_start = origin_start(table);
  compiled.origin_names = origin_names(item, table);
  append_origin(compiled, table, row, out);
}

std::string row_to_json(const model::BoundTable& table, std::span<const row::Cell> row) {
  Buffer out;
  out.append('{');
  for (std::size_t slot = 0; slot < table.columns.size(); ++slot) {
    if (slot > 0) out.append(',');
    append_name(table.columns[slot], out);
    if (table.sensitive[slot] && !row[slot].is_null())
      out.append("\"***\"");
    else
      append_text_value(row[slot], table.types[slot], most_shown, out);
  }
  out.append('}');
  return std::string(out.view());
}

}  // namespace itemize::transform
