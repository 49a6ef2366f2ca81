// Column types of MySQL and MariaDB in the house's words.
#pragma once

#include <string>
#include <string_view>

#include "row/catalog.h"
#include "row/type.h"

namespace itemize::source::mysql {

/// What information_schema.COLUMNS says of a column's type.
struct DeclaredType {
  std::string data_type;    ///< DATA_TYPE: "bigint"
  std::string column_type;  ///< COLUMN_TYPE: "bigint(20) unsigned"
  int numeric_precision = -1;
  int numeric_scale = -1;
  int datetime_precision = -1;
  int character_length = -1;
};

/// TypeKind::unsupported for a type this version does not know.
row::Type type_of(const DeclaredType& declared);

/// True where two texts of a column of this type and collation are equal only if their bytes are: what a unique key must promise
/// if it is to identify rows by their bytes. Collations that fold case or accents do not, nor do those that pad with spaces.
bool compares_bytewise(const row::Type& type, std::string_view collation);

/// How the server compares values of a column of this type and collation (empty: it has none).
row::Equality equality_of(const row::Type& type, std::string_view collation);

}  // namespace itemize::source::mysql
