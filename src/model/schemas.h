// Many schemas: one item type from the table of one name in every schema that fits a pattern.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/findings.h"
#include "model/model.h"
#include "row/catalog.h"

namespace itemize::model {

/// What is no column of a table, but its schema's name for expressions: by this name, and by a type that no engine has.
inline constexpr std::string_view schema_name_column = "schema_name";
inline constexpr std::string_view schema_name_type = "name of a schema";
inline bool is_schema_name(const row::Column& column) { return column.type.name == schema_name_type; }

/// The tables that from: { schemas: ..., table: ... } means (SQL's LIKE, with backslash as the escape), by schema. Empty with a finding where there are none, or one cannot be used.
std::vector<const row::Table*> tables_in_schemas(Findings& findings, const ItemType& item, const SourceSpec& source,
                                                 const row::Catalog& catalog);

/// The table with one more column, which holds its schema's name.
row::Table with_schema_name(const row::Table& table);

/// How another schema's table differs from the first in what is used; empty where it does not. `used`: columns of `first`; `findings`: of
/// binding the other; `same_attributes`: whether that gave attributes of the same names.
std::string schemas_differ(const row::Table& first, const row::Table& other, const std::set<std::size_t>& used, Findings& findings,
                           bool same_attributes);

}  // namespace itemize::model
