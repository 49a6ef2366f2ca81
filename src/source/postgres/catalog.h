#pragma once

#include "row/catalog.h"
#include "source/postgres/connection.h"
#include "source/postgres/type_catalog.h"

namespace itemize::source::postgres {

/// Tables, partitioned tables (as one), views, materialised and foreign tables of all schemas but the server's own, without partitions,
/// temporary tables and what extensions brought along. In one read-only transaction.
Result<row::Catalog> read_catalog(Connection& connection);

/// Primary and unique keys, and foreign keys (catalog_keys.cpp). `oids` are the tables', ordered as `tables`.
Result<void> read_keys(Connection& connection, const std::vector<std::uint32_t>& oids, std::vector<row::Table>& tables);
Result<void> read_foreign_keys(Connection& connection, const std::vector<std::uint32_t>& oids, std::vector<row::Table>& tables);

/// "{1,2,3}" for $1::oid[].
std::string oid_list(const std::vector<std::uint32_t>& oids);

}  // namespace itemize::source::postgres
