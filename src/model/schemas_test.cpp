// One item type from many schemas, and a condition beside the model's own.
#include "model/schemas.h"

#include <gtest/gtest.h>

#include "model/bind.h"
#include "model/testing.h"

namespace itemize::model {
namespace {

row::Column column(std::string name, row::TypeKind kind, bool nullable) {
  row::Column result;
  result.name = std::move(name);
  result.type.kind = kind;
  result.type.name = kind == row::TypeKind::integer ? "bigint" : "text";
  result.type.length = kind == row::TypeKind::integer ? 8 : -1;
  result.nullable = nullable;
  return result;
}

row::Table orders_of(const std::string& schema) {
  row::Table table;
  table.schema = schema;
  table.name = "orders";
  table.default_schema = false;
  table.columns = {column("id", row::TypeKind::integer, false), column("mail", row::TypeKind::text, true)};
  table.unique_keys.push_back({"orders_pkey", {0}, true, true});
  return table;
}

std::vector<row::Catalog> catalogs() {
  row::Catalog catalog;
  for (const char* schema : {"tenant_b", "tenant_a", "other"}) catalog.tables.push_back(orders_of(schema));
  return {std::move(catalog)};
}

std::string model_text(const std::string& from, const std::string& key) {
  auto lines = testing::good_lines();
  lines.at(1) = "source: postgresql://db.example/shop";
  lines.at(10) = "    from: " + from;
  lines.at(11) = "    key: { PK: \"" + key + "\", SK: META }";
  return testing::joined(lines);
}

struct Bound {
  ParseResult parsed;
  BindResult result;
  std::string findings;
};

std::unique_ptr<Bound> bound_model(const std::string& yaml, const std::vector<row::Catalog>& all, const std::string& where = {}) {
  auto bound = std::make_unique<Bound>();
  bound->parsed = parse_model("itemize.yaml", yaml, {});
  bound->findings = testing::to_text(bound->parsed.findings);
  if (!bound->parsed.model) return bound;
  bound->result = bind_model(*bound->parsed.model, all, {}, where);
  bound->findings += testing::to_text(bound->result.findings);
  return bound;
}

TEST(Schemas, EachTableHasTheItemTypeAndTheSchemasName) {
  const std::vector<row::Catalog> all = catalogs();
  const auto bound = bound_model(model_text("{ schemas: \"tenant\\\\_%\", table: orders }", "{schema_name}#{id}"), all);
  ASSERT_TRUE(bound->result.bound) << bound->findings;
  const std::vector<BoundTable>& tables = bound->result.bound->tables;
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].table->schema, "tenant_a");
  EXPECT_EQ(tables[1].table->schema, "tenant_b");
  for (const BoundTable& table : tables) {
    ASSERT_TRUE(table.schema_slot);
    EXPECT_EQ(table.columns[*table.schema_slot], "schema_name");
    EXPECT_EQ(table.items[0].from, table.table);
    EXPECT_TRUE(table.items[0].key_proven_unique) << table.items[0].key_doubt;
    EXPECT_EQ(table.items[0].identity_slots.size(), 1U) << "within its table a row is known by its own key";
    for (const BoundAttribute& attribute : table.items[0].attributes) EXPECT_NE(attribute.name, "schema_name");
  }
  EXPECT_TRUE(bound->result.bound->may_meet.empty());
}

TEST(Schemas, AKeyWithoutTheSchemaIsNotProven) {
  const std::vector<row::Catalog> all = catalogs();
  const auto bound = bound_model(model_text("{ schemas: \"tenant%\", table: orders }", "ORDER#{id}"), all);
  ASSERT_TRUE(bound->result.bound) << bound->findings;
  EXPECT_FALSE(bound->result.bound->tables[1].items[0].key_proven_unique);
}

TEST(Schemas, OneThatDiffersIsNamed) {
  std::vector<row::Catalog> all = catalogs();
  all[0].tables[0].columns[1].type.kind = row::TypeKind::bytes;
  all[0].tables[0].columns[1].type.name = "bytea";
  const std::string text = model_text("{ schemas: \"tenant%\", table: orders }", "{schema_name}#{id}");
  EXPECT_NE(bound_model(text, all)->findings.find("the table in schema 'tenant_b' is not as in 'tenant_a': the column 'mail' has the type"),
            std::string::npos)
      << bound_model(text, all)->findings;
  all = catalogs();
  all[0].tables[0].columns.push_back(column("more", row::TypeKind::text, true));
  EXPECT_NE(bound_model(text, all)->findings.find("it has one more column, 'more'"), std::string::npos) << bound_model(text, all)->findings;
  all = catalogs();
  all[0].tables[0].columns[0].name = "number";
  EXPECT_NE(bound_model(text, all)->findings.find("it has no column 'id'"), std::string::npos) << bound_model(text, all)->findings;
  EXPECT_NE(bound_model(model_text("{ schemas: \"x%\", table: orders }", "{id}"), all)->findings.find("no schema that is LIKE 'x%'"),
            std::string::npos);
}

TEST(ExtraWhere, StandsBesideTheModelsOwn) {
  const std::vector<row::Catalog> all = catalogs();
  const std::string text = model_text("other.orders", "{id}");
  const auto bound = bound_model(text.substr(0, text.find("    set:")) + "    where: \"id > 3 -- some\"\n", all, "mail = 'x' -- others");
  ASSERT_TRUE(bound->result.bound) << bound->findings;
  const BoundTable& table = bound->result.bound->tables[0];
  ASSERT_TRUE(table.items[0].where);
  EXPECT_EQ(table.items[0].where->slots().size(), 2U);
  EXPECT_NE(bound_model(model_text("other.orders", "{id}"), all, "mial = 'x'")->findings.find("the condition fits no item type"),
            std::string::npos);
  EXPECT_NE(bound_model(model_text("other.orders", "{id}"), all, "id + 1")->findings.find("it must be true or false"), std::string::npos);
}

}  // namespace
}  // namespace itemize::model
