// A small shop whose tables are related in every way, for the tests of relations.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "row/catalog.h"

namespace itemize::model::testing {

struct Reference {
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> referenced = {"id"};
};

/// Columns as "name type": int, text, numeric, float, timestamptz, json, text[]; the first `key` of them are the primary key.
inline row::Table related_table(std::string name, const std::vector<std::pair<std::string, std::string>>& columns, std::size_t key,
                                const std::vector<Reference>& references = {}) {
  row::Table table;
  table.schema = "public";
  table.name = std::move(name);
  for (const auto& [column_name, type] : columns) {
    row::Column column;
    column.name = column_name;
    column.type.name = type;
    const std::string element = type.substr(0, type.find('['));
    column.type.kind = element == "int"           ? row::TypeKind::integer
                       : element == "numeric"     ? row::TypeKind::decimal
                       : element == "float"       ? row::TypeKind::float64
                       : element == "timestamptz" ? row::TypeKind::timestamp_tz
                       : element == "json"        ? row::TypeKind::json
                                                  : row::TypeKind::text;
    if (column.type.kind == row::TypeKind::integer) column.type.length = 8;
    if (type.ends_with("[]")) {
      row::Type array;
      array.kind = row::TypeKind::array;
      array.name = type;
      array.children.push_back(column.type);
      column.type = std::move(array);
    }
    column.nullable = table.columns.size() >= key;
    table.columns.push_back(std::move(column));
  }
  std::vector<std::size_t> primary;
  for (std::size_t column = 0; column < key; ++column) primary.push_back(column);
  if (key > 0) table.unique_keys.push_back({table.name + "_pkey", std::move(primary), true, true});
  for (const Reference& reference : references)
    table.foreign_keys.push_back(
        {table.name + "_" + reference.columns[0] + "_fkey", reference.columns, "public", reference.table, reference.referenced});
  return table;
}

inline row::Catalog shop_catalog() {
  row::Catalog catalog;
  catalog.engine = "PostgreSQL";
  catalog.tables = {
      related_table("customers",
                    {{"id", "int"}, {"name", "text"}, {"tenant", "text"}, {"email", "text"}, {"country", "text"}, {"referrer_id", "int"}},
                    1, {{{"referrer_id"}, "customers"}}),
      related_table("addresses", {{"customer_id", "int"}, {"position", "int"}, {"city", "text"}}, 2, {{{"customer_id"}, "customers"}}),
      related_table("orders",
                    {{"id", "int"}, {"customer_id", "int"}, {"status", "text"}, {"placed_at", "timestamptz"}, {"payer_id", "int"}}, 1,
                    {{{"customer_id"}, "customers"}, {{"payer_id"}, "customers"}}),
      related_table("order_lines",
                    {{"order_id", "int"}, {"line_no", "int"}, {"product_id", "int"}, {"quantity", "int"}, {"price", "numeric"}}, 2,
                    {{{"order_id"}, "orders"}, {{"product_id"}, "products"}}),
      related_table("products", {{"id", "int"}, {"name", "text"}, {"sku", "text"}}, 1),
      related_table("tags", {{"id", "int"}, {"name", "text"}}, 1),
      related_table("customer_tags", {{"customer_id", "int"}, {"tag_id", "int"}, {"since", "timestamptz"}}, 2,
                    {{{"customer_id"}, "customers"}, {{"tag_id"}, "tags"}}),
      related_table("follows", {{"follower_id", "int"}, {"followee_id", "int"}, {"since", "timestamptz"}}, 2,
                    {{{"follower_id"}, "customers"}, {{"followee_id"}, "customers"}}),
      related_table("messages", {{"id", "int"}, {"parent_id", "int"}, {"body", "text"}, {"email", "text"}}, 1,
                    {{{"parent_id"}, "messages"}}),
      related_table("countries", {{"code", "text"}, {"name", "text"}}, 1),
      related_table("articles", {{"id", "int"}, {"title", "text"}, {"tags", "text[]"}, {"labels", "json"}}, 1),
      related_table("log", {{"customer_id", "int"}, {"line", "text"}}, 0),
  };
  return catalog;
}

/// A model with one item type: `from` and further lines of it, each behind four blanks.
inline std::string shop_model(const std::string& from, const std::vector<std::string>& lines,
                              const std::string& key = "{ PK: \"X#{id}\", SK: A }") {
  std::string yaml =
      "itemize: 1\nsource: sqlite:shop.db\ntables:\n  shop:\n    partition_key: { PK: S }\n    sort_key: { SK: S }\nitems:\n  Thing:\n    "
      "table: shop\n    from: " +
      from + "\n    key: " + key + "\n";
  for (const std::string& line : lines) yaml += "    " + line + "\n";
  return yaml;
}

}  // namespace itemize::model::testing
