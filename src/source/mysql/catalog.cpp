#include "source/mysql/catalog.h"

#include <algorithm>
#include <charconv>

#include "source/mysql/catalog_keys.h"
#include "source/mysql/types.h"

namespace itemize::source::mysql {
namespace {

const std::string& text_of(const TextRow& row, std::size_t column) {
  static const std::string none;
  return row.at(column) ? *row[column] : none;
}

std::optional<std::uint64_t> number_of(const TextRow& row, std::size_t column) {
  std::uint64_t number = 0;
  const std::string& text = text_of(row, column);
  if (text.empty() || std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

int small_number_of(const TextRow& row, std::size_t column) {
  const std::optional<std::uint64_t> number = number_of(row, column);
  return number && *number < 1'000'000'000 ? static_cast<int>(*number) : -1;
}

Result<TablePlaces> read_tables(Connection& connection, row::Catalog& catalog) {
  const std::vector<TextRow> rows =
      TRY(connection.query("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, TABLE_ROWS, DATA_LENGTH, TABLE_COMMENT, CREATE_OPTIONS FROM "
                           "information_schema.TABLES WHERE " +
                           no_system_schema("TABLE_SCHEMA") +
                           " AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY TABLE_SCHEMA, TABLE_NAME"));
  TablePlaces places;
  for (const TextRow& row : rows) {
    row::Table table;
    table.schema = text_of(row, 0);
    table.name = text_of(row, 1);
    table.default_schema = table.schema == connection.address().database;
    if (text_of(row, 2) == "VIEW") {
      table.kind = row::TableKind::view;
    } else {
      table.kind = text_of(row, 6).find("partitioned") == std::string::npos ? row::TableKind::table : row::TableKind::partitioned;
      table.estimated_rows = number_of(row, 3);
      table.estimated_bytes = number_of(row, 4);
      table.comment = text_of(row, 5);
    }
    places[{table.schema, table.name}] = catalog.tables.size();
    catalog.tables.push_back(std::move(table));
  }
  return places;
}

/// MariaDB's JSON is a LONGTEXT with the check json_valid(`column`) on it.
Result<std::map<std::pair<std::string, std::string>, std::vector<std::string>>> json_checks(Connection& connection) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> found;
  if (!connection.is_mariadb()) return found;
  const std::vector<TextRow> rows =
      TRY(connection.query("SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE "
                           "CHECK_CLAUSE LIKE 'json\\_valid(`%`)' AND " +
                           no_system_schema("CONSTRAINT_SCHEMA")));
  for (const TextRow& row : rows) found[{text_of(row, 0), text_of(row, 1)}].push_back(text_of(row, 2));
  return found;
}

Result<Collations> read_columns(Connection& connection, const TablePlaces& places, row::Catalog& catalog) {
  const auto checks = TRY(json_checks(connection));
  const std::vector<TextRow> rows = TRY(connection.query(
      "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, IS_NULLABLE, DATA_TYPE, COLUMN_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, "
      "DATETIME_PRECISION, "
      "CHARACTER_MAXIMUM_LENGTH, EXTRA, PRIVILEGES, COLUMN_COMMENT, COLLATION_NAME FROM information_schema.COLUMNS WHERE " +
      no_system_schema("TABLE_SCHEMA") + " ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"));
  Collations collations;
  for (const TextRow& row : rows) {
    const auto place = places.find({text_of(row, 0), text_of(row, 1)});
    if (place == places.end()) continue;
    row::Table& table = catalog.tables[place->second];
    row::Column column;
    column.name = text_of(row, 2);
    column.nullable = text_of(row, 3) == "YES";
    column.type = type_of({text_of(row, 4), text_of(row, 5), small_number_of(row, 6), small_number_of(row, 7), small_number_of(row, 8),
                           small_number_of(row, 9)});
    const auto check = checks.find({table.schema, table.name});
    if (check != checks.end() && text_of(row, 4) == "longtext" &&
        std::ranges::find(check->second, "json_valid(" + quoted(column.name) + ")") != check->second.end()) {
      column.type.kind = row::TypeKind::json;
      column.type.name = "json";
    }
    // EXTRA: "VIRTUAL GENERATED", "STORED GENERATED", "DEFAULT_GENERATED" (a default that is an expression: no generated column).
    const std::string& extra = text_of(row, 10);
    column.generated = extra.find("VIRTUAL") != std::string::npos || extra.find("STORED") != std::string::npos ||
                       extra.find("PERSISTENT") != std::string::npos;
    column.readable = text_of(row, 11).find("select") != std::string::npos;
    column.comment = text_of(row, 12);
    column.equality = equality_of(column.type, row.at(13) ? text_of(row, 13) : std::string_view());
    if (row.at(13)) collations[{place->second, table.columns.size()}] = text_of(row, 13);
    table.columns.push_back(std::move(column));
  }
  return collations;
}

}  // namespace

std::string no_system_schema(std::string_view column) {
  return std::string(column) + " NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys', 'ndbinfo')";
}

Result<row::Catalog> read_catalog(Connection& connection) {
  row::Catalog catalog;
  catalog.engine = connection.is_mariadb() ? "MariaDB" : "MySQL";
  catalog.version = connection.version_text();
  catalog.database = connection.address().database;
  const TablePlaces places = TRY_WITH("reading the catalog", read_tables(connection, catalog));
  const Collations collations = TRY_WITH("reading the catalog", read_columns(connection, places, catalog));
  TRY_WITH("reading the catalog", read_unique_keys(connection, places, collations, catalog));
  TRY_WITH("reading the catalog", read_foreign_keys(connection, places, catalog));
  for (row::Table& table : catalog.tables) table.readable = std::ranges::any_of(table.columns, &row::Column::readable);
  // A view whose tables are gone has no columns.
  std::erase_if(catalog.tables, [](const row::Table& table) { return table.columns.empty(); });
  return catalog;
}

}  // namespace itemize::source::mysql
