#include "model/schemas.h"

#include <algorithm>

#include "expr/pattern.h"
#include "model/policies.h"

namespace itemize::model {

std::vector<const row::Table*> tables_in_schemas(Findings& findings, const ItemType& item, const SourceSpec& source,
                                                 const row::Catalog& catalog) {
  const std::string path = "items." + item.name + ".from";
  std::vector<const row::Table*> tables;
  if (source.url.starts_with("sqlite:")) {
    findings.error(item.from.place, path, "SQLite has no schemas", "name the table alone, or one database file a source");
    return tables;
  }
  std::vector<std::string> schemas;
  for (const row::Table& table : catalog.tables) {
    if (table.name != item.from.table) continue;
    schemas.push_back(table.schema);
    if (expr::like(table.schema, item.from.schemas).value_or(false)) tables.push_back(&table);
  }
  std::ranges::sort(tables, {}, &row::Table::schema);
  if (tables.empty()) {
    findings.error(item.from.place, path, "no schema that is LIKE " + quote(item.from.schemas) + " has a table " + quote(item.from.table),
                   schemas.empty() ? "no schema that this user sees has it" : "it is in " + list_words(schemas));
    return tables;
  }
  for (const row::Table* table : tables) {
    std::string wrong;
    if (!table->readable) wrong = "this user may not read it" + (table->obstacle.empty() ? std::string() : ": " + table->obstacle);
    if (table->column(schema_name_column)) wrong = "it has a column schema_name of its own, which is the name of the schema here";
    if (wrong.empty()) continue;
    findings.error(item.from.place, path, "the table " + quote(table->schema + "." + table->name) + " cannot be used: " + wrong);
    tables.clear();
    break;
  }
  return tables;
}

row::Table with_schema_name(const row::Table& table) {
  row::Table copy = table;
  row::Column& column = copy.columns.emplace_back();
  column.name = schema_name_column;
  column.type.kind = row::TypeKind::text;
  column.type.name = schema_name_type;
  column.nullable = false;
  return copy;
}

namespace {

bool same_type(const row::Type& a, const row::Type& b) {
  return a.kind == b.kind && a.name == b.name && a.length == b.length && a.precision == b.precision && a.scale == b.scale &&
         a.is_unsigned == b.is_unsigned && a.is_varying == b.is_varying && std::ranges::equal(a.children, b.children, same_type);
}

std::vector<std::string> key_of(const row::Table& table) {
  std::vector<std::string> names;
  if (const row::UniqueKey* key = table.row_identity())
    for (const std::size_t column : key->columns) names.push_back(table.columns[column].name);
  return names;
}

}  // namespace

std::string schemas_differ(const row::Table& first, const row::Table& other, const std::set<std::size_t>& used, Findings& findings,
                           bool same_attributes) {
  for (const std::size_t index : used) {
    const row::Column& column = first.columns[index];
    const auto found = other.column(column.name);
    if (!found) return "it has no column " + quote(column.name);
    const row::Type& type = other.columns[*found].type;
    if (!same_type(column.type, type))
      return "the column " + quote(column.name) + " has the type " + type_words(type) + ", not " + type_words(column.type);
  }
  if (key_of(first) != key_of(other)) return "its primary key is another one";
  if (!same_attributes)
    for (const row::Column& column : other.columns)
      if (!first.column(column.name)) return "it has one more column, " + quote(column.name);
  const std::vector<Finding> found = findings.take();
  for (const Finding& finding : found)
    if (finding.severity == Severity::error) return finding.message;
  return same_attributes ? "" : "it gives other attributes";
}

}  // namespace itemize::model
