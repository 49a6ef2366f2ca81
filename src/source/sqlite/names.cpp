#include "source/sqlite/names.h"

#include <algorithm>

#include "base/text.h"

namespace itemize::source::sqlite {

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char byte : name) {
    text += byte;
    if (byte == '"') text += '"';
  }
  return text + '"';
}

std::optional<std::string> rowid_name(const row::Table& table) {
  if (table.kind != row::TableKind::table) return std::nullopt;
  for (const char* const name : {"rowid", "_rowid_", "oid"}) {
    const bool taken = std::ranges::any_of(table.columns, [&](const row::Column& column) { return lower(column.name) == name; });
    if (!taken) return name;
  }
  return std::nullopt;
}

Affinity affinity_of(std::string_view declared) {
  const std::string name = lower(declared);
  const auto has = [&name](const char* part) { return name.find(part) != std::string::npos; };
  // The rules in their order: CHARINT is an integer.
  if (has("int")) return Affinity::integer;
  if (has("char") || has("clob") || has("text")) return Affinity::text;
  if (has("blob") || name.empty()) return Affinity::blob;
  if (has("real") || has("floa") || has("doub")) return Affinity::real;
  return Affinity::numeric;
}

}  // namespace itemize::source::sqlite
