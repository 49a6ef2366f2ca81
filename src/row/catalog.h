// Catalog: what a source holds, as SQL describes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "row/type.h"

namespace itemize::row {

struct Column {
  std::string name;
  Type type;
  bool nullable = true;
  bool generated = false;      ///< GENERATED ALWAYS AS (expression).
  bool readable = true;        ///< False: this user may not SELECT it.
  std::string comment;
};

/// A primary key or a unique constraint or index that covers every row (no partial ones, no expressions).
struct UniqueKey {
  std::string name;
  std::vector<std::size_t> columns;  ///< Indices into Table::columns, in the key's order.
  bool primary = false;
  bool bytewise = true;              ///< False: uniqueness is under a collation that equates different texts.
};

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  std::string parent_schema;
  std::string parent_table;
  std::vector<std::string> parent_columns;
};

enum class TableKind : std::uint8_t { table, partitioned, view, materialized_view, foreign };

struct Table {
  std::string schema;  ///< Empty for SQLite.
  std::string name;
  TableKind kind = TableKind::table;
  std::vector<Column> columns;
  std::vector<UniqueKey> unique_keys;  ///< The primary key first, where there is one.
  std::vector<ForeignKey> foreign_keys;
  std::optional<std::uint64_t> estimated_rows;
  std::optional<std::uint64_t> estimated_bytes;
  bool readable = true;  ///< False: this user may not SELECT from it.
  std::string obstacle;  ///< Why it is not readable and what to do, where it is more than a missing GRANT SELECT.
  bool default_schema = true;  ///< Its name needs no schema in front (on the search_path).
  std::string comment;

  std::optional<std::size_t> column(std::string_view column_name) const;
  /// The primary key, else the first unique key over NOT NULL columns; nullptr where there is none.
  const UniqueKey* row_identity() const;
  /// "schema.name", or "name" in the default schema.
  std::string display_name() const;
};

struct Catalog {
  std::string engine;   ///< "PostgreSQL", "SQLite", ...
  std::string version;  ///< As the server says it.
  std::string database;
  std::vector<Table> tables;

  /// By exact name; an empty schema means the default one. nullptr where there is none.
  const Table* find(std::string_view schema, std::string_view name) const;
};

}  // namespace itemize::row
