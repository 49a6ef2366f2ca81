#include "source/sqlite/catalog.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <set>

#include "base/text.h"
#include "source/sqlite/meaning.h"
#include "source/sqlite/names.h"
#include "source/sqlite/sampler.h"

namespace itemize::source::sqlite {
namespace {

using row::TypeKind;

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
    if (lower(info.text(1)) != "binary") bytewise = false;
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

/// SQLite finds tables and columns in any case; everyone else looks for the name as it is.
const row::Table* table_named(const row::Catalog& catalog, const std::string& name) {
  for (const row::Table& table : catalog.tables)
    if (lower(table.name) == lower(name)) return &table;
  return nullptr;
}

/// Names as their owners write them; and references without columns mean the parent's primary key.
void complete_foreign_keys(row::Catalog& catalog) {
  for (row::Table& table : catalog.tables) {
    for (row::ForeignKey& key : table.foreign_keys) {
      const row::Table* const parent = table_named(catalog, key.parent_table);
      if (parent == nullptr) continue;
      key.parent_table = parent->name;
      for (std::string& name : key.parent_columns)
        for (const row::Column& column : parent->columns)
          if (lower(column.name) == lower(name)) name = column.name;
      if (!key.parent_columns.empty() || parent->unique_keys.empty()) continue;
      for (const std::size_t column : parent->unique_keys.front().columns) key.parent_columns.push_back(parent->columns[column].name);
    }
  }
}

/// Whether a table's one INTEGER primary key is the rowid itself: then there is no index for it. (PRIMARY KEY DESC is not.)
Result<bool> has_key_index(Connection& connection, const std::string& table) {
  Statement list = TRY(connection.prepare("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'"));
  list.bind(1, table);
  return TRY(list.step());
}

/// How SQLite compares a column's values (datatype3.html, 4 and 7). A view's columns do not tell their collation.
row::Equality equality_of(Connection& connection, const std::string& table, const row::Column& column, bool view) {
  row::Equality equality;
  switch (affinity_of(column.type.name == "any" ? "" : column.type.name)) {
    case Affinity::text:
      equality.affinity = row::Equality::Affinity::text;
      break;
    case Affinity::blob:
      equality.affinity = row::Equality::Affinity::blob;
      break;
    default:
      equality.affinity = row::Equality::Affinity::numeric;
  }
  const char* collation = nullptr;
  const bool known = !view && sqlite3_table_column_metadata(connection.get(), "main", table.c_str(), column.name.c_str(), nullptr,
                                                            &collation, nullptr, nullptr, nullptr) == SQLITE_OK;
  const std::string name = known && collation != nullptr ? lower(collation) : "binary";
  equality.ignores_ascii_case = name == "nocase";
  equality.ignores_trailing_spaces = name == "rtrim";
  if (name != "binary" && name != "nocase" && name != "rtrim")
    equality.obstacle = "its collation " + std::string(collation) + " is none of SQLite's own";
  if (view && equality.affinity == row::Equality::Affinity::text) equality.obstacle = "a view does not tell the collations of its columns";
  if (meaning_of(column.type.name) == Meaning::timestamp) equality.obstacle = "times are not kept as they are stored";
  if (!equality.obstacle.empty()) equality.by = row::Equality::By::nothing;
  return equality;
}

Result<row::Table> read_table(Connection& connection, const std::string& name, bool view, bool without_rowid) {
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
    column.equality = equality_of(connection, name, column, view);
    if (info.integer(3) > 0) primary.emplace_back(info.integer(3), table.columns.size());
    table.columns.push_back(std::move(column));
  }
  std::ranges::sort(primary);
  const bool rowid_alias = primary.size() == 1 && !without_rowid && lower(table.columns[primary.front().second].type.name) == "integer" &&
                           !TRY(has_key_index(connection, name));
  if (rowid_alias || without_rowid)
    for (const auto& [place, column] : primary) table.columns[column].nullable = false;
  if (!view) {
    TRY(read_keys(connection, table, primary));
    TRY(read_foreign_keys(connection, table));
  }
  return table;
}

/// Tables are counted up to here: small ones are the many, and people know how many rows those have.
constexpr std::uint64_t most_counted = 5'000;
/// Larger ones are sampled in so many pieces, or until a piece has so few rows: about a thousand seeks.
constexpr std::size_t most_pieces = 24;
constexpr double sampled_rows = 250;

Result<std::optional<std::uint64_t>> analysed_rows(Connection& connection, const std::string& table) {
  Statement stat = TRY(connection.prepare("SELECT stat FROM sqlite_stat1 WHERE tbl = ? ORDER BY idx IS NOT NULL LIMIT 1"));
  stat.bind(1, table);
  if (!TRY(stat.step())) return std::nullopt;
  return std::strtoull(stat.text(0).c_str(), nullptr, 10);
}

Result<std::optional<std::uint64_t>> counted_rows(Connection& connection, const std::string& table) {
  Statement few =
      TRY(connection.prepare("SELECT count(*) FROM (SELECT 1 FROM main." + quoted(table) + " LIMIT " + std::to_string(most_counted) + ")"));
  TRY(few.step());
  const auto rows = static_cast<std::uint64_t>(few.integer(0));
  return rows < most_counted ? std::optional(rows) : std::nullopt;
}

/// Rows counted where they are few, else by ANALYZE where it has run, else by their density in the rowids; bytes by the same
/// samples. A large table that cannot be sampled has no estimate: that is no mistake.
Result<void> estimate(Connection& connection, row::Table& table, bool analysed) {
  table.estimated_rows = TRY(counted_rows(connection, table.name));
  if (!table.estimated_rows && analysed) table.estimated_rows = TRY(analysed_rows(connection, table.name));
  const std::optional<std::string> rowid = rowid_name(table);
  if (!rowid) return {};
  Sampler sampler = TRY(Sampler::make(connection, table, *rowid));
  const std::optional<std::int64_t> first = TRY(sampler.next(std::numeric_limits<std::int64_t>::min()));
  const std::optional<std::int64_t> last = TRY(sampler.last(std::numeric_limits<std::int64_t>::max()));
  Estimate sampled;
  for (const Piece& piece : first&& last ? TRY(split(sampler, *first, *last, {sampled_rows, 0}, most_pieces)) : std::vector<Piece>()) {
    sampled.rows += piece.estimate.rows;
    sampled.bytes += piece.estimate.bytes;
  }
  if (!table.estimated_rows) table.estimated_rows = static_cast<std::uint64_t>(std::llround(sampled.rows));
  if (sampled.rows > 0)
    table.estimated_bytes =
        static_cast<std::uint64_t>(std::llround(sampled.bytes / sampled.rows * static_cast<double>(*table.estimated_rows)));
  return {};
}

/// Damage met while sampling is for whoever reads the rows to report; the catalog can do without a figure.
Result<void> estimate_all(Connection& connection, row::Catalog& catalog, const std::set<std::string>& virtual_tables) {
  Statement exists = TRY(connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"));
  const bool analysed = TRY(exists.step());
  for (row::Table& table : catalog.tables)
    if (table.kind == row::TableKind::table && !virtual_tables.contains(table.name)) (void)estimate(connection, table, analysed);
  return {};
}

}  // namespace

row::Type type_of_declaration(const std::string& declared) {
  row::Type type;
  type.name = declared;
  switch (affinity_of(declared)) {
    case Affinity::integer:
      type.kind = TypeKind::integer;
      type.length = 8;
      break;
    case Affinity::text:
      type.kind = TypeKind::text;
      break;
    case Affinity::blob:
      // A column without a type takes anything as it is; one that is declared BLOB mostly holds what it says.
      type.kind = declared.empty() ? TypeKind::dynamic : TypeKind::bytes;
      break;
    case Affinity::real:
      type.kind = TypeKind::float64;
      break;
    case Affinity::numeric:
      // Dates, booleans, decimals, JSON: whatever was written.
      type.kind = TypeKind::dynamic;
      break;
  }
  int precision = 0;
  int scale = 0;
  const std::size_t open = declared.find('(');
  if (open != std::string::npos && type.kind == TypeKind::dynamic &&
      std::sscanf(declared.c_str() + open, "( %d , %d", &precision, &scale) >= 1) {
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
    bool view, is_virtual, without_rowid;
  };
  std::vector<Entry> entries;
  Statement list =
      TRY(connection.prepare("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT "
                             "LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"));
  while (TRY(list.step())) entries.push_back({list.text(0), list.text(1) == "view", list.text(1) == "virtual", list.integer(2) != 0});
  std::set<std::string> virtual_tables;
  for (const Entry& entry : entries) {
    Result<row::Table> table = read_table(connection, entry.name, entry.view, entry.without_rowid);
    if (entry.is_virtual) virtual_tables.insert(entry.name);
    // A view over something that is gone, a virtual table whose module is missing: there, but not readable.
    if (!table && !entry.view && table.error().code != ErrorCode::internal) return std::unexpected(std::move(table).error());
    if (table && !table->columns.empty()) catalog.tables.push_back(*std::move(table));
  }
  complete_foreign_keys(catalog);
  TRY(estimate_all(connection, catalog, virtual_tables));
  return catalog;
}

}  // namespace itemize::source::sqlite
