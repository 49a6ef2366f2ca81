// The catalog of a MySQL or MariaDB server, from information_schema.
#pragma once

#include "row/catalog.h"
#include "source/mysql/connection.h"

namespace itemize::source::mysql {

/// Every table and view that the user can see in other than the server's own schemas. The URL's database is the default schema.
Result<row::Catalog> read_catalog(Connection& connection);

/// "schema NOT IN (...)": the server's own schemas, for queries over information_schema.
std::string no_system_schema(std::string_view column);

}  // namespace itemize::source::mysql
