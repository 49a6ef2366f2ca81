#include "source/mysql/catalog_keys.h"

#include "source/mysql/catalog.h"
#include "source/mysql/types.h"

namespace itemize::source::mysql {
namespace {

std::string text_at(const TextRow& row, std::size_t column) { return row.at(column).value_or(""); }

/// One unique index while its columns are being read.
struct Index {
  std::string name;
  std::size_t table = 0;
  std::vector<std::size_t> columns;
  bool usable = true;
  bool bytewise = true;
};

void finish(Index& index, row::Catalog& catalog) {
  if (!index.usable || index.columns.empty()) return;
  row::Table& table = catalog.tables[index.table];
  row::UniqueKey key{index.name, index.columns, index.name == "PRIMARY", index.bytewise};
  table.unique_keys.insert(key.primary ? table.unique_keys.begin() : table.unique_keys.end(), std::move(key));
}

}  // namespace

Result<void> read_unique_keys(Connection& connection, const TablePlaces& places, const Collations& collations, row::Catalog& catalog) {
  const std::vector<TextRow> rows = TRY(connection.query(
      "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND " +
      no_system_schema("TABLE_SCHEMA") + " ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"));
  Index index;
  for (const TextRow& row : rows) {
    const auto place = places.find({text_at(row, 0), text_at(row, 1)});
    if (place == places.end()) continue;
    if (index.table != place->second || index.name != text_at(row, 2)) {
      finish(index, catalog);
      index = {text_at(row, 2), place->second, {}, true, true};
    }
    // No column name: an expression (MySQL 8.0.13+). A prefix of a text is unique only among prefixes.
    const std::optional<std::size_t> column = row.at(3) ? catalog.tables[place->second].column(*row[3]) : std::nullopt;
    if (!column || row.at(4)) {
      index.usable = false;
      continue;
    }
    index.columns.push_back(*column);
    const auto collation = collations.find({place->second, *column});
    if (collation != collations.end() && !compares_bytewise(catalog.tables[place->second].columns[*column].type, collation->second))
      index.bytewise = false;
  }
  finish(index, catalog);
  return {};
}

Result<void> read_foreign_keys(Connection& connection, const TablePlaces& places, row::Catalog& catalog) {
  const std::vector<TextRow> rows =
      TRY(connection.query("SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, "
                           "REFERENCED_COLUMN_NAME "
                           "FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL AND " +
                           no_system_schema("TABLE_SCHEMA") + " ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"));
  for (const TextRow& row : rows) {
    const auto place = places.find({text_at(row, 0), text_at(row, 1)});
    if (place == places.end()) continue;
    std::vector<row::ForeignKey>& keys = catalog.tables[place->second].foreign_keys;
    if (keys.empty() || keys.back().name != text_at(row, 2)) keys.push_back({text_at(row, 2), {}, text_at(row, 4), text_at(row, 5), {}});
    keys.back().columns.push_back(text_at(row, 3));
    keys.back().parent_columns.push_back(text_at(row, 6));
  }
  return {};
}

}  // namespace itemize::source::mysql
