#pragma once

#include "row/catalog.h"
#include "source/sqlite/connection.h"

namespace itemize::source::sqlite {

/// Tables and views of the main database. Shadow tables of virtual ones and SQLite's own are left out.
Result<row::Catalog> read_catalog(Connection& connection, const std::string& path);

/// The type of a column declared so. SQLite's values have types of their own; this is what the declaration promises.
row::Type type_of_declaration(const std::string& declared);

}  // namespace itemize::source::sqlite
