// Catalog: what a source holds, as SQL describes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "row/type.h"

namespace itemize::row {

/// How the source itself compares a column's values for equality: what joins go by (see edge_key.h).
struct Equality {
  enum class By : std::uint8_t {
    value,     ///< Numbers by their amount, texts by their bytes, all others by their canonical value.
    key_form,  ///< Only the source can tell: its key forms (Snapshot::open_with_key_forms) are bytes that are equal where the values are.
    nothing,   ///< They cannot be compared, or by nothing that could be keyed; `obstacle` says why.
  };
  /// What SQLite converts values to before it compares them (datatype3.html, 4.2). Elsewhere a column's values are of its type.
  enum class Affinity : std::uint8_t { fixed, numeric, text, blob };
  By by = By::value;
  Affinity affinity = Affinity::fixed;
  bool ignores_trailing_spaces = false;
  bool ignores_ascii_case = false;
  std::string collation;  ///< Where it matters with what a text is compared; empty: bytewise.
  std::string obstacle;
};

struct Column {
  std::string name;
  Type type;
  bool nullable = true;
  bool generated = false;  ///< GENERATED ALWAYS AS (expression).
  bool readable = true;    ///< False: this user may not SELECT it.
  std::string comment;
  Equality equality;
};

/// A primary key or a unique constraint or index that covers every row (no partial ones, no expressions).
struct UniqueKey {
  std::string name;
  std::vector<std::size_t> columns;  ///< Indices into Table::columns, in the key's order.
  bool primary = false;
  bool bytewise = true;  ///< False: uniqueness is under a collation that equates different texts.
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
  bool readable = true;        ///< False: this user may not SELECT from it.
  std::string obstacle;        ///< Why it is not readable and what to do, where it is more than a missing GRANT SELECT.
  bool default_schema = true;  ///< Its name needs no schema in front (on the search_path).
  std::string comment;

  std::optional<std::size_t> column(std::string_view column_name) const;
  /// The primary key, else the first unique key over NOT NULL columns; nullptr where there is none.
  const UniqueKey* row_identity() const;
  /// "schema.name", or "name" in the default schema.
  std::string display_name() const;
  /// Whether these are its names: bound tables are copies of the catalog's, so that addresses do not tell.
  bool is(std::string_view schema_name, std::string_view table_name) const { return name == table_name && schema == schema_name; }
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
