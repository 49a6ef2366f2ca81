// A relation as it is read: its columns with their decoders, as the server says at the time of the snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "row/catalog.h"
#include "source/postgres/connection.h"
#include "source/postgres/type_catalog.h"

namespace itemize::source::postgres {

struct Relation {
  std::uint32_t oid = 0;
  char kind = 'r';          ///< relkind
  bool heap = true;         ///< The built-in table access method: its rows have block numbers.
  bool hypertable = false;  ///< TimescaleDB's: an empty table, whose rows are in chunks that inherit from it.
  std::vector<std::string> names;
  std::vector<ReadableType> types;  ///< Of the columns, in the order of `names`.
};

/// Errors: not_found where there is no such relation.
Result<Relation> read_relation(Connection& connection, TypeCatalog& types, const std::string& schema, const std::string& name);

/// The SELECT list entry of a column.
std::string select_expression(const std::string& column, const ReadableType& type);

}  // namespace itemize::source::postgres
