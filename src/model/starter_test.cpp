// Starter models of odd catalogs: whatever the database holds, what `init` writes loads as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/bind.h"
#include "model/starter_names.h"
#include "model/testing.h"

namespace itemize::model {
namespace {

using row::TypeKind;
using ::testing::HasSubstr;
using ::testing::Not;

row::Column column(std::string name, TypeKind kind = TypeKind::integer, std::string type_name = "integer") {
  row::Column result;
  result.name = std::move(name);
  result.type.kind = kind;
  result.type.name = std::move(type_name);
  result.nullable = false;
  return result;
}

/// A table whose first `key` columns are its primary key.
row::Table table(std::string name, std::vector<row::Column> columns, std::size_t key = 1) {
  row::Table result;
  result.name = std::move(name);
  result.columns = std::move(columns);
  if (key > 0) {
    result.unique_keys.push_back({"pkey", {}, true, true});
    for (std::size_t index = 0; index < key; ++index) result.unique_keys[0].columns.push_back(index);
  }
  return result;
}

struct Starter {
  std::string text;
  std::optional<Model> model;
  std::vector<row::Catalog> catalogs;
  std::optional<BoundModel> bound;
  std::string errors;

  const ItemType* item(std::string_view name) const {
    for (const ItemType& item : model->items)
      if (item.name == name) return &item;
    return nullptr;
  }
};

/// The starter model of the tables, loaded again. A mistake in it fails the test.
Starter starter_of(std::vector<row::Table> tables, const Target& target = {}, const std::string& url = "postgresql://app@db/shop") {
  Starter starter;
  starter.catalogs.emplace_back().tables = std::move(tables);
  starter.text = starter_model(url, starter.catalogs[0], target);
  ParseResult parsed = parse_model("itemize.yaml", starter.text, {});
  starter.errors = testing::to_text(parsed.findings);
  EXPECT_TRUE(parsed.model) << starter.errors << starter.text;
  if (!parsed.model) return starter;
  starter.model = std::move(parsed.model);
  BindResult bound = bind_model(*starter.model, starter.catalogs);
  starter.errors += testing::to_text(bound.findings);
  EXPECT_TRUE(bound.bound) << starter.errors << starter.text;
  starter.bound = std::move(bound.bound);
  return starter;
}

TEST(Starter, NoTables) {
  const Starter starter = starter_of({});
  EXPECT_THAT(starter.text, HasSubstr("tables: {}\n"));
  EXPECT_THAT(starter.text, HasSubstr("items: {}\n"));
}

TEST(Starter, OneItemTypeATable) {
  const Starter starter =
      starter_of({table("customers", {column("id"), column("email", TypeKind::text, "text")}),
                  table("order_lines", {column("order_id"), column("line_no"), column("sku", TypeKind::text, "text")}, 2)},
                 {"eu-west-1", "123456789012", "http://127.0.0.1:8000", {}});
  ASSERT_TRUE(starter.bound);
  EXPECT_EQ(starter.errors, "");
  EXPECT_THAT(starter.text, HasSubstr("source: \"postgresql://app@db/shop\"\ntarget: { region: \"eu-west-1\", account: \"123456789012\", "
                                      "endpoint: \"http://127.0.0.1:8000\" }\n"));
  EXPECT_THAT(starter.text, HasSubstr("  customers:\n    partition_key: { id: N }\n    billing_mode: PAY_PER_REQUEST\n"));
  EXPECT_THAT(starter.text, HasSubstr("  order_lines:\n    partition_key: { order_id: N }\n    sort_key: { line_no: N }\n"));
  EXPECT_THAT(starter.text,
              HasSubstr("  Customer:\n    table: customers\n    from: customers\n    key: { id: \"{id}\" }\n    sensitive: [email]"));
  EXPECT_THAT(
      starter.text,
      HasSubstr(
          "  OrderLine:\n    table: order_lines\n    from: order_lines\n    key: { order_id: \"{order_id}\", line_no: \"{line_no}\" }\n"));
  for (const BoundTable& bound : starter.bound->tables) EXPECT_TRUE(bound.items[0].key_proven_unique) << bound.items[0].key_doubt;
}

TEST(Starter, KeysOfEveryType) {
  std::vector<row::Table> tables;
  const std::pair<TypeKind, const char*> types[] = {{TypeKind::text, "text"},
                                                    {TypeKind::character, "character"},
                                                    {TypeKind::uuid, "uuid"},
                                                    {TypeKind::bytes, "bytea"},
                                                    {TypeKind::timestamp, "timestamp"},
                                                    {TypeKind::date, "date"},
                                                    {TypeKind::decimal, "numeric"},
                                                    {TypeKind::boolean, "boolean"},
                                                    {TypeKind::enumeration, "mood"},
                                                    {TypeKind::float64, "float8"},
                                                    {TypeKind::dynamic, ""},
                                                    {TypeKind::bits, "bit"},
                                                    {TypeKind::json, "jsonb"},
                                                    {TypeKind::array, "integer[]"}};
  for (const auto& [kind, name] : types) tables.push_back(table("table_" + std::to_string(tables.size()), {column("id", kind, name)}));
  const Starter starter = starter_of(std::move(tables));
  ASSERT_TRUE(starter.bound);
  EXPECT_EQ(starter.bound->tables.size(), std::size(types));
  EXPECT_THAT(starter.text, HasSubstr("  table_3:\n    partition_key: { id: B }\n"));
}

TEST(Starter, LongCompositeKeysAreJoinedInASafeOrder) {
  const Starter starter = starter_of(
      {table("a_numbers", {column("w"), column("d"), column("o"), column("n")}, 4),
       table("a_mixed", {column("a"), column("name", TypeKind::text, "text"), column("c")}, 3),
       table("a_texts", {column("SK", TypeKind::text, "text"), column("b", TypeKind::text, "text"), column("c", TypeKind::text, "text")},
             3)});
  ASSERT_TRUE(starter.bound);
  EXPECT_THAT(starter.text, HasSubstr("key: { w: \"{w}\", SK: \"{sortable(d)}#{sortable(o)}#{sortable(n)}\" }"));
  EXPECT_THAT(starter.text, HasSubstr("key: { a: \"{a}\", SK: \"{name}#{sortable(c)}\" }"));
  // Three texts cannot be kept apart by a separator: said, not hidden. The column SK keeps its name.
  EXPECT_THAT(starter.text, HasSubstr("key: { SK: \"{SK}\", SK_: \"{b}#{c}\" }\n    # that this key is unique is not proven"));
  EXPECT_FALSE(starter.bound->tables[2].items[0].key_proven_unique);
}

TEST(Starter, ReservedWordsAndOddColumnNames) {
  const Starter starter = starter_of(
      {table("user", {column("order"), column("select", TypeKind::text, "text"), column("group")}),
       table("odd", {column("Order Id"), column("a\"b"), column("x: y # z"), column("ünï"), column("-"), column("null"), column("no")}),
       table("braces", {column("{id}"), column("n")}), table("newline", {column("a\nb"), column("n")}),
       table("three_odd", {column("select"), column("Order Id"), column("from")}, 3)});
  ASSERT_TRUE(starter.bound) << starter.text;
  EXPECT_NE(starter.item("User"), nullptr);
  EXPECT_THAT(starter.text, HasSubstr("key: { order: \"{order}\" }"));
  EXPECT_THAT(starter.text, HasSubstr("key: { \"Order Id\": \"{Order Id}\" }"));
  EXPECT_THAT(starter.text, HasSubstr("{sortable(\\\"Order Id\\\")}#{sortable(\\\"from\\\")}"));
}

TEST(Starter, NamesThatCollide) {
  row::Table other = table("orders", {column("id")});
  other.schema = "archive";
  other.default_schema = false;
  const Starter starter =
      starter_of({table("orders", {column("id")}), table("Orders", {column("id")}), table("order", {column("id")}), std::move(other)});
  ASSERT_TRUE(starter.bound);
  ASSERT_EQ(starter.model->items.size(), 4U);
  ASSERT_EQ(starter.model->tables.size(), 4U);
  EXPECT_THAT(starter.text, HasSubstr("{ schema: archive, table: orders }"));
}

TEST(Starter, TableNamesThatDynamoDbDoesNotTake) {
  const Starter starter =
      starter_of({table("a", {column("id")}), table("Asset Master", {column("id")}), table("x/y", {column("id")}),
                  table("x_y", {column("id")}), table("Größe", {column("id")}), table(std::string(300, 't'), {column("id")}),
                  table("日本", {column("id")}), table("1st", {column("id")}), table("--", {column("id")}), table("true", {column("id")})});
  ASSERT_TRUE(starter.bound) << starter.text;
  EXPECT_EQ(starter.model->items.size(), 10U);
  for (const DynamoTable& dynamo : starter.model->tables) {
    EXPECT_GE(dynamo.name.size(), 3U);
    EXPECT_LE(dynamo.name.size(), 255U);
  }
}

TEST(Starter, WhatIsLeftOutIsSaid) {
  row::Table view = table("recent", {column("id")}, 0);
  view.kind = row::TableKind::view;
  row::Table unreadable = table("wages", {column("id")});
  unreadable.readable = false;
  row::Table nullable = table("nullable", {column("id")}, 0);
  nullable.columns[0].nullable = true;
  nullable.unique_keys.push_back({"u", {0}, false, true});
  const Starter starter = starter_of({table("log\nfile", {column("line", TypeKind::text, "text"), column("x")}, 0), std::move(view),
                                      std::move(unreadable), std::move(nullable)});
  ASSERT_TRUE(starter.bound);
  EXPECT_TRUE(starter.model->items.empty());
  EXPECT_THAT(
      starter.text,
      HasSubstr("# log?file is left out: it has no primary key and no unique key over NOT NULL columns.\n  #   its columns: line and x\n"));
  EXPECT_THAT(starter.text,
              HasSubstr("# recent is left out: it is a view: say what identifies its rows (identity: [columns]) to read it.\n"));
  EXPECT_THAT(starter.text, HasSubstr("# wages is left out: this user may not read it.\n"));
  EXPECT_THAT(starter.text, HasSubstr("# nullable is left out"));
}

TEST(Starter, ColumnsThatCannotBeReadAreExcluded) {
  row::Column unreadable = column("pin");
  unreadable.readable = false;
  const Starter starter =
      starter_of({table("things", {column("id"), column("lsn", TypeKind::unsupported, "pg_lsn"), std::move(unreadable)}),
                  table("bad_key", {column("id", TypeKind::unsupported, "pg_lsn"), column("x")})});
  ASSERT_TRUE(starter.bound);
  EXPECT_THAT(
      starter.text,
      HasSubstr("    # lsn has the type pg_lsn, which cannot be read\n    # pin may not be read by this user\n    except: [lsn, pin]\n"));
  EXPECT_THAT(starter.text, HasSubstr("# bad_key is left out"));
}

TEST(Starter, SensitiveAndSecretColumns) {
  const Starter starter =
      starter_of({table("users", {column("id"), column("Email", TypeKind::text, "text"), column("password_hash", TypeKind::text, "text"),
                                  column("note", TypeKind::text, "text")})});
  ASSERT_TRUE(starter.bound);
  EXPECT_THAT(starter.text, HasSubstr("# should password_hash be moved at all? If not: except: [password_hash]"));
  EXPECT_THAT(starter.text, HasSubstr("sensitive: [Email, password_hash]"));
  EXPECT_TRUE(looks_sensitive("phone_number"));
  EXPECT_FALSE(looks_sensitive("quantity"));
  EXPECT_TRUE(looks_secret("api_token"));
  EXPECT_FALSE(looks_secret("email"));
}

TEST(Starter, TwoHundredColumnsAndTwoHundredTables) {
  std::vector<row::Column> columns = {column("id")};
  for (int index = 1; index < 200; ++index)
    columns.push_back(column("column_" + std::to_string(index), index % 2 == 0 ? TypeKind::text : TypeKind::decimal, "x"));
  std::vector<row::Table> tables = {table("wide", std::move(columns))};
  for (int index = 1; index < 200; ++index) tables.push_back(table("table_" + std::to_string(index), {column("id")}));
  const Starter starter = starter_of(std::move(tables));
  ASSERT_TRUE(starter.bound);
  EXPECT_EQ(starter.model->items.size(), 200U);
  EXPECT_EQ(starter.bound->tables[0].columns.size(), 200U);
}

TEST(Starter, ColumnsThatDifferInCaseOnly) {
  const Starter starter = starter_of({table("twins", {column("id"), column("ID"), column("Id", TypeKind::text, "text")}, 3)});
  ASSERT_TRUE(starter.bound) << starter.text;
  EXPECT_EQ(starter.bound->tables[0].columns.size(), 3U);
}

TEST(Starter, RelationsAreSuggested) {
  row::Table lines = table("lines", {column("id"), column("order_id")});
  lines.foreign_keys.push_back({"fk", {"order_id"}, "public", "orders", {"id"}});
  lines.estimated_rows = 1234567;
  const Starter starter = starter_of({std::move(lines)});
  EXPECT_THAT(starter.text, HasSubstr("# about 1,234,567 rows"));
  EXPECT_THAT(starter.text, HasSubstr("# order_id -> orders: to list the rows of one order"));
}

TEST(Starter, Singular) {
  for (const auto& [plural, one] : std::vector<std::pair<std::string, std::string>>{{"customers", "customer"},
                                                                                    {"categories", "category"},
                                                                                    {"boxes", "box"},
                                                                                    {"status", "status"},
                                                                                    {"address", "address"},
                                                                                    {"news", "news"},
                                                                                    {"series", "series"},
                                                                                    {"s", "s"},
                                                                                    {"", ""}})
    EXPECT_EQ(singular(plural), one);
}

}  // namespace
}  // namespace itemize::model
