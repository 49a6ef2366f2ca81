// Names in SQLite: quoting, and what a table's rowid can be called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "row/catalog.h"

namespace itemize::source::sqlite {

/// "name" with quotes doubled.
std::string quoted(std::string_view name);
/// A name by which the table's rowid can be read: rowid, _rowid_ or oid, whichever no column has taken (rowidtable.html). None:
/// all are taken, or the table is a view. Whether the table has a rowid at all is not known here.
std::optional<std::string> rowid_name(const row::Table& table);

/// How SQLite converts what is stored in and compared with a column (datatype3.html, 3.1).
enum class Affinity { integer, text, blob, real, numeric };
Affinity affinity_of(std::string_view declared);

}  // namespace itemize::source::sqlite
