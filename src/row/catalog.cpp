#include "row/catalog.h"

#include <algorithm>

namespace itemize::row {

std::optional<std::size_t> Table::column(std::string_view column_name) const {
  for (std::size_t index = 0; index < columns.size(); ++index)
    if (columns[index].name == column_name) return index;
  return std::nullopt;
}

const UniqueKey* Table::row_identity() const {
  for (const UniqueKey& key : unique_keys) {
    const bool usable = key.primary || std::ranges::all_of(key.columns, [&](std::size_t index) { return !columns[index].nullable; });
    if (usable) return &key;
  }
  return nullptr;
}

std::string Table::display_name() const { return default_schema || schema.empty() ? name : schema + "." + name; }

const Table* Catalog::find(std::string_view schema, std::string_view name) const {
  for (const Table& table : tables)
    if (table.name == name && (schema.empty() ? table.default_schema : table.schema == schema)) return &table;
  return nullptr;
}

}  // namespace itemize::row
