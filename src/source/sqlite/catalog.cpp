#include "source/sqlite/catalog.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "source/sqlite/names.h"

namespace itemize::source::sqlite {
namespace {

using row::TypeKind;

std::string upper(std::string text) {
  for (char& byte : text) byte = static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
  return text;
}

Result<std::vector<std::size_t>> index_columns(Connection& connection, const std::string& index, const row::Table& table, bool& usable,
                                               bool& bytewise) {
  std::vector<std::size_t> columns;
  Statement info = TRY(connection.prepare("SELECT name, coll, key FROM pragma_index_xinfo(?)"));
  info.bind(1, index);
  while (TRY(info.step())) {
    if (info.integer(2) == 0) continue;  // carried along, not part of the key
    if (info.is_null(0))
      usable = false;  // an expression
    else if (const auto column = table.column(info.text(0)))
      columns.push_back(*column);
    else
      usable = false;
    if (upper(info.text(1)) != "BINARY") bytewise = false;
  }
  return columns;
}

Result<void> read_keys(Connection& connection, row::Table& table, const std::vector<std::pair<std::int64_t, std::size_t>>& primary) {
  row::UniqueKey key;
  key.name = "primary key";
  key.primary = true;
  for (const auto& [place, column] : primary) key.columns.push_back(column);
  Statement list = TRY(connection.prepare("SELECT name, \"unique\", origin, partial FROM pragma_index_list(?)"));
  list.bind(1, table.name);
  while (TRY(list.step())) {
    if (list.integer(1) == 0 || list.integer(3) != 0) continue;
    bool usable = true;
    bool bytewise = true;
    std::vector<std::size_t> columns = TRY(index_columns(connection, list.text(0), table, usable, bytewise));
    if (list.text(2) == "pk")
      key.bytewise = bytewise;
    else if (usable && !columns.empty())
      table.unique_keys.push_back({list.text(0), std::move(columns), false, bytewise});
  }
  // A primary key that is not the rowid may hold NULLs (a well-known bug that SQLite keeps): then it identifies no row.
  const bool whole = std::ranges::none_of(key.columns, [&](std::size_t column) { return table.columns[column].nullable; });
  if (!key.columns.empty()) {
    key.primary = whole;
    table.unique_keys.insert(table.unique_keys.begin(), std::move(key));
  }
  return {};
}

Result<void> read_foreign_keys(Connection& connection, row::Table& table) {
  Statement list = TRY(connection.prepare("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id, seq"));
  list.bind(1, table.name);
  std::int64_t id = -1;
  while (TRY(list.step())) {
    if (list.integer(0) != id) {
      id = list.integer(0);
      table.foreign_keys.push_back({"foreign key " + std::to_string(id), {}, "", list.text(1), {}});
    }
    table.foreign_keys.back().columns.push_back(list.text(2));
    if (!list.is_null(3)) table.foreign_keys.back().parent_columns.push_back(list.text(3));
  }
  return {};
}

/// References without columns mean the parent's primary key.
void complete_foreign_keys(row::Catalog& catalog) {
  for (row::Table& table : catalog.tables) {
    for (row::ForeignKey& key : table.foreign_keys) {
      const row::Table* parent = catalog.find("", key.parent_table);
      if (!key.parent_columns.empty() || parent == nullptr || parent->unique_keys.empty()) continue;
      for (const std::size_t column : parent->unique_keys.front().columns) key.parent_columns.push_back(parent->columns[column].name);
    }
  }
}

Result<row::Table> read_table(Connection& connection, const std::string& name, bool view, bool without_rowid, bool strict) {
  row::Table table;
  table.name = name;
  table.kind = view ? row::TableKind::view : row::TableKind::table;
  Statement info = TRY_WITH("table " + name, connection.prepare("SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)"));
  info.bind(1, name);
  std::vector<std::pair<std::int64_t, std::size_t>> primary;
  while (TRY(info.step())) {
    if (info.integer(4) == 1) continue;  // hidden column of a virtual table
    row::Column column;
    column.name = info.text(0);
    column.type = type_of_declaration(info.text(1));
    column.nullable = info.integer(2) == 0;
    column.generated = info.integer(4) >= 2;
    if (info.integer(3) > 0) primary.emplace_back(info.integer(3), table.columns.size());
    table.columns.push_back(std::move(column));
  }
  std::ranges::sort(primary);
  const bool rowid_alias = primary.size() == 1 && !without_rowid && upper(table.columns[primary.front().second].type.name) == "INTEGER";
  if (rowid_alias || without_rowid)
    for (const auto& [place, column] : primary) table.columns[column].nullable = false;
  (void)strict;
  if (!view) {
    TRY(read_keys(connection, table, primary));
    TRY(read_foreign_keys(connection, table));
  }
  return table;
}

/// Rows by ANALYZE where it has run; otherwise counted if that is quick (no estimate for views).
Result<void> estimate(Connection& connection, row::Catalog& catalog) {
  Statement exists = TRY(connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"));
  const bool analysed = TRY(exists.step());
  for (row::Table& table : catalog.tables) {
    if (table.kind != row::TableKind::table) continue;
    if (analysed) {
      Statement stat = TRY(connection.prepare("SELECT stat FROM sqlite_stat1 WHERE tbl = ? ORDER BY idx IS NOT NULL LIMIT 1"));
      stat.bind(1, table.name);
      if (TRY(stat.step())) table.estimated_rows = static_cast<std::uint64_t>(std::strtoull(stat.text(0).c_str(), nullptr, 10));
    }
    if (table.estimated_rows) continue;
    // The highest rowid bounds the rows and costs one seek.
    Result<Statement> highest = connection.prepare("SELECT coalesce(max(rowid), 0) FROM " + quoted(table.name));
    if (highest && TRY(highest->step())) table.estimated_rows = static_cast<std::uint64_t>(std::max<std::int64_t>(0, highest->integer(0)));
  }
  return {};
}

}  // namespace

row::Type type_of_declaration(const std::string& declared) {
  row::Type type;
  type.name = declared;
  const std::string name = upper(declared);
  const auto has = [&name](const char* part) { return name.find(part) != std::string::npos; };
  // SQLite's rules of affinity, in their order (datatype3.html, 3.1).
  if (has("INT")) {
    type.kind = TypeKind::integer;
    type.length = 8;
  } else if (has("CHAR") || has("CLOB") || has("TEXT")) {
    type.kind = TypeKind::text;
  } else if (has("BLOB")) {
    type.kind = TypeKind::bytes;
  } else if (has("REAL") || has("FLOA") || has("DOUB")) {
    type.kind = TypeKind::float64;
  } else {
    // NUMERIC affinity, and none: dates, booleans and decimals are whatever was written.
    type.kind = TypeKind::dynamic;
  }
  int precision = 0;
  int scale = 0;
  const std::size_t open = name.find('(');
  if (open != std::string::npos && type.kind == TypeKind::text && std::sscanf(name.c_str() + open, "(%d", &precision) == 1)
    type.length = -1;
  if (open != std::string::npos && type.kind == TypeKind::dynamic && std::sscanf(name.c_str() + open, "(%d,%d", &precision, &scale) >= 1) {
    type.precision = precision;
    type.scale = scale;
  }
  if (type.name.empty()) type.name = "any";
  return type;
}

Result<row::Catalog> read_catalog(Connection& connection, const std::string& path) {
  row::Catalog catalog;
  catalog.engine = "SQLite";
  catalog.version = sqlite3_libversion();
  catalog.database = path;
  struct Entry {
    std::string name;
    bool view, without_rowid, strict;
  };
  std::vector<Entry> entries;
  Statement list =
      TRY(connection.prepare("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT "
                             "LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"));
  while (TRY(list.step())) entries.push_back({list.text(0), list.text(1) == "view", list.integer(2) != 0, list.integer(3) != 0});
  for (const Entry& entry : entries) {
    Result<row::Table> table = read_table(connection, entry.name, entry.view, entry.without_rowid, entry.strict);
    // A view over something that is gone, a virtual table whose module is missing: there, but not readable.
    if (!table && !entry.view && table.error().code != ErrorCode::internal) return std::unexpected(std::move(table).error());
    if (table && !table->columns.empty()) catalog.tables.push_back(*std::move(table));
  }
  complete_foreign_keys(catalog);
  TRY(estimate(connection, catalog));
  return catalog;
}

}  // namespace itemize::source::sqlite
