// Where a row came from, and the row itself, as JSON.
#include "item/string_text.h"
#include "row/cell_text.h"
#include "transform/program.h"

namespace itemize::transform {
namespace {

using row::Cell;
using row::CellKind;

/// The text of a value as a JSON string; bytes that are not UTF-8, and values without a text, are described.
void append_text_value(const Cell& cell, const row::Type& type, Buffer& out) {
  if (cell.is_null()) {
    out.append("null");
    return;
  }
  if (cell.kind == CellKind::int64 || cell.kind == CellKind::uuid) {  // the usual keys: nothing to escape
    out.append('"');
    row::append_text(cell, type, out);
    out.append('"');
    return;
  }
  Buffer text;
  if (row::append_text(cell, type, text) != row::TextStatus::ok) {
    const bool described = cell.kind == CellKind::invalid;
    text.clear();
    text.append(described ? cell.view() : std::string_view("not a finite value"));
  }
  const std::size_t begin = out.size();
  out.append('"');
  if (item::append_escaped(out, text.view())) {
    out.append('"');
    return;
  }
  out.truncate(begin);
  Buffer hex;
  row::append_text(Cell::view_of(CellKind::bytes, text.view()), type, hex);
  out.append('"');
  item::append_escaped(out, hex.view());
  out.append('"');
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
    append_text_value(row[slot], table.types[slot], out);
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
      append_text_value(row[slot], table.types[slot], out);
  }
  out.append('}');
  return std::string(out.view());
}

}  // namespace itemize::transform
