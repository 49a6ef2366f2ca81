#pragma once

#include <map>

#include "row/catalog.h"
#include "source/mysql/connection.h"

namespace itemize::source::mysql {

/// Where each table stands in Catalog::tables, by schema and name.
using TablePlaces = std::map<std::pair<std::string, std::string>, std::size_t>;
/// Collation of each text column, by table's place and column's.
using Collations = std::map<std::pair<std::size_t, std::size_t>, std::string>;

/// Primary and unique keys: those over a prefix or an expression are left out, for they identify no row.
Result<void> read_unique_keys(Connection& connection, const TablePlaces& places, const Collations& collations, row::Catalog& catalog);
Result<void> read_foreign_keys(Connection& connection, const TablePlaces& places, row::Catalog& catalog);

}  // namespace itemize::source::mysql
