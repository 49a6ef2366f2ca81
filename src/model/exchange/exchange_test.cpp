#include "model/exchange/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/bind.h"
#include "model/exchange/dms_rules.h"

namespace itemize::model::exchange {
namespace {

using row::TypeKind;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

row::Column column(const std::string& name, TypeKind kind, const std::string& type) {
  row::Column made;
  made.name = name;
  made.type.kind = kind;
  made.type.name = type;
  made.nullable = false;
  return made;
}

/// The table of the examples in the DMS user guide, and one with a key of two columns.
row::Catalog catalog() {
  row::Catalog made;
  row::Table customer;
  customer.schema = "test";
  customer.name = "customer";
  for (const char* name : {"FirstName", "LastName", "NickName", "HomeAddress", "HomePhone", "WorkAddress", "WorkPhone"})
    customer.columns.push_back(column(name, TypeKind::text, "text"));
  customer.columns.push_back(column("StoreId", TypeKind::integer, "int"));
  customer.columns.push_back(column("income", TypeKind::decimal, "numeric"));
  customer.unique_keys.push_back({"primary", {0, 1}, true, true});
  made.tables.push_back(customer);
  row::Table team;
  team.schema = "test";
  team.name = "sport_team";
  team.columns = {column("id", TypeKind::integer, "int"), column("name", TypeKind::text, "text"),
                  column("league_name", TypeKind::text, "text")};
  team.unique_keys.push_back({"primary", {0}, true, true});
  made.tables.push_back(team);
  return made;
}

Imported dms_of(const std::string& rules) {
  const auto imported = from_dms("{\"rules\":[" + rules + "]}", "sqlite:x.db", catalog(), {});
  EXPECT_TRUE(imported) << imported.error().to_string();
  if (!imported) return {};
  const ParseResult parsed = parse_model("itemize.yaml", imported->text, {});
  EXPECT_TRUE(parsed.model) << imported->text;
  if (parsed.model) {
    EXPECT_EQ(parsed.model->items.size(), imported->item_types);
    const std::vector<row::Catalog> catalogs = {catalog()};
    EXPECT_TRUE(bind_model(*parsed.model, catalogs).bound) << imported->text;
  }
  return *imported;
}

const std::string all =
    R"({"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"test","table-name":"%"},"rule-action":"include"})";

std::string mapping(const std::string& action, const std::string& parameters) {
  return R"({"rule-type":"object-mapping","rule-id":"2","rule-name":"TransformToDDB","rule-action":")" + action +
         R"(","object-locator":{"schema-name":"test","table-name":"customer"},"target-table-name":"customer_t","mapping-parameters":)" +
         parameters + "}";
}

const std::string guide =
    R"({"partition-key-name":"CustomerName","sort-key-name":"StoreId","exclude-columns":["FirstName","LastName","HomeAddress","HomePhone","WorkAddress","WorkPhone"],
  "attribute-mappings":[{"target-attribute-name":"CustomerName","attribute-type":"scalar","attribute-sub-type":"string","value":"${FirstName},${LastName}"},
   {"target-attribute-name":"StoreId","attribute-type":"scalar","attribute-sub-type":"string","value":"${StoreId}"},
   {"target-attribute-name":"ContactDetails","attribute-type":"document","attribute-sub-type":"dynamodb-map","value":{"M":{"Home":{"M":{"Address":{"S":"${HomeAddress}"}}},"Store":{"N":"${StoreId}"}}}},
   {"target-attribute-name":"Note","attribute-type":"scalar","attribute-sub-type":"string","value":"{\"Name\":\"${FirstName}\"}"}]})";

TEST(FromDms, TheGuidesExample) {
  const Imported imported = dms_of(all + "," + mapping("map-record-to-record", guide));
  EXPECT_THAT(imported.left_out, IsEmpty());
  EXPECT_EQ(imported.item_types, 2U);
  EXPECT_THAT(imported.text, HasSubstr("  customer_t:\n    partition_key: { CustomerName: S }\n    sort_key: { StoreId: S }\n"));
  EXPECT_THAT(
      imported.text,
      HasSubstr("    key: { CustomerName: \"{FirstName},{LastName}\", StoreId: \"{StoreId}\" }\n    columns: [NickName, income]\n    set:\n"
                "      ContactDetails: { expr: \"{jsonb_build_object('Home', jsonb_build_object('Address', \\\"HomeAddress\\\"::text), "
                "'Store', \\\"StoreId\\\")}\", type: M }\n"
                "      Note: { expr: \"{{\\\"Name\\\":\\\"{FirstName}\\\"}}\", type: S }\n"));
  EXPECT_THAT(imported.text, HasSubstr("  SportTeam:\n    table: sport_team\n"));
}

TEST(FromDms, ADocumentOfWhatIsLeft) {
  const Imported imported = dms_of(all + "," + mapping("map-record-to-document", guide));
  EXPECT_THAT(imported.left_out, IsEmpty());
  EXPECT_THAT(imported.text, HasSubstr("    columns: none\n    set:\n"));
  EXPECT_THAT(imported.text, HasSubstr("      _doc: { expr: \"{jsonb_build_object('NickName', \\\"NickName\\\", 'StoreId', "
                                       "\\\"StoreId\\\", 'income', \\\"income\\\")}\", type: M }\n"));
}

TEST(FromDms, SelectionsAndFilters) {
  const std::string filtered =
      R"({"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","object-locator":{"schema-name":"te%","table-name":"sport[_]team"},
    "filters":[{"filter-type":"source","column-name":"id","filter-conditions":[{"filter-operator":"between","start-value":"10","end-value":"20"},{"filter-operator":"eq","value":"7"}]},
               {"filter-type":"source","column-name":"name","filter-conditions":[{"filter-operator":"noteq","value":"it's"}]}]})";
  const Imported imported = dms_of(filtered);
  EXPECT_EQ(imported.item_types, 1U);
  EXPECT_THAT(imported.text, HasSubstr(R"(    where: "(\"id\" BETWEEN 10 AND 20 OR \"id\" = 7) AND \"name\" <> 'it''s'")"));
  const std::string excluded =
      R"({"rule-type":"selection","rule-id":"2","rule-name":"2","rule-action":"exclude","object-locator":{"schema-name":"test","table-name":"customer"}})";
  EXPECT_THAT(dms_of(all + "," + excluded).text, Not(HasSubstr("from: { schema: test, table: customer }")));
}

TEST(FromDms, Transformations) {
  const auto rule = [](const std::string& target, const std::string& action, const std::string& column_name, const std::string& value) {
    return R"({"rule-type":"transformation","rule-id":"3","rule-name":"3","rule-target":")" + target + R"(","rule-action":")" + action +
           R"(","object-locator":{"schema-name":"%","table-name":"sport%")" +
           (column_name.empty() ? "" : R"(,"column-name":")" + column_name + "\"") + "},\"value\":\"" + value + "\"}";
  };
  const Imported imported = dms_of(all + "," + rule("table", "add-prefix", "", "dms_") + "," +
                                   rule("column", "rename", "league_name", "league") + "," + rule("column", "remove-column", "name", "") +
                                   "," + rule("column", "add-column", "x", "") + "," + rule("schema", "rename", "", "y"));
  EXPECT_THAT(imported.text, HasSubstr("    table: dms_sport_team\n"));
  EXPECT_THAT(imported.text, HasSubstr("    columns: [league_name]\n    rename: { league_name: league }\n"));
  EXPECT_EQ(imported.left_out.size(), 2U);
  EXPECT_THAT(imported.text, HasSubstr("#  - rule '3': the transformation add-column"));
}

TEST(FromDms, WhatCannotBeCarriedOverIsListed) {
  const Imported imported = dms_of(
      all + "," + mapping("map-record-to-record", R"({"partition-key-name":"Nobody","condition-expression":{"expression":"x"}})") +
      R"(,{"rule-type":"table-settings","rule-name":"9"},{"rule-type":"object-mapping","rule-name":"4","rule-action":"map-record-to-record","object-locator":{"schema-name":"test","table-name":"gone"}})");
  ASSERT_EQ(imported.left_out.size(), 4U);
  EXPECT_THAT(imported.left_out[0], HasSubstr("condition-expression"));
  EXPECT_THAT(imported.left_out[1], HasSubstr("table-settings"));
  EXPECT_THAT(imported.left_out[2], HasSubstr("the key attribute Nobody is neither an attribute mapping nor a column"));
  EXPECT_THAT(imported.left_out[3], HasSubstr("no table that is selected is called test.gone"));
  EXPECT_FALSE(from_dms("{}", "sqlite:x.db", catalog(), {}));
  EXPECT_FALSE(from_dms("no", "sqlite:x.db", catalog(), {}));
}

TEST(FromDms, Wildcards) {
  EXPECT_TRUE(dms::matches("%", ""));
  EXPECT_TRUE(dms::matches("a%c", "abbbc"));
  EXPECT_TRUE(dms::matches("a_c", "abc"));
  EXPECT_FALSE(dms::matches("a_c", "ac"));
  EXPECT_FALSE(dms::matches("a[_]c", "abc"));
  EXPECT_TRUE(dms::matches("%[_]x%", "a_x"));
  EXPECT_FALSE(dms::matches(std::string(1000, '%') + "b", std::string(10'000, 'a')));
}

const std::string model_text = R"(itemize: 1
source: sqlite:x.db
tables:
  shop:
    partition_key: { PK: S }
    sort_key: { SK: S }
    global_secondary_indexes:
      by_mail: { partition_key: { MAIL: S }, projection: { INCLUDE: [name] } }
      by_more: { partition_key: [ { a: S }, { b: N } ], sort_key: [ { c: S } ], projection: KEYS_ONLY }
    local_secondary_indexes: { by_date: { sort_key: { date: S } } }
    time_to_live: { attribute: ttl }
    stream: NEW_AND_OLD_IMAGES
    point_in_time_recovery: true
    deletion_protection: true
    tags: { team: "a ${b}" }
    after_load: [stream]
  other:
    partition_key: { id: N }
    billing_mode: PROVISIONED
    provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 10 }
  foreign: { partition_key: { id: S }, managed: false }
items:
  Customer: { table: shop, from: customers, key: { PK: "CUSTOMER#{id}", SK: PROFILE } }
)";

Model model() {
  const ParseResult parsed = parse_model("itemize.yaml", model_text, {});
  EXPECT_TRUE(parsed.model);
  return *parsed.model;
}

TEST(ToOthers, CloudFormation) {
  const std::string text = to_cloudformation(model());
  EXPECT_THAT(text, HasSubstr("# the model switches on stream of shop after the load"));
  EXPECT_THAT(text, HasSubstr("  Shop:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n"));
  EXPECT_THAT(text, HasSubstr("        - IndexName: by_more\n          KeySchema:\n            - { AttributeName: a, KeyType: HASH }\n     "
                              "       - { AttributeName: b, KeyType: HASH }\n"));
  EXPECT_THAT(text, HasSubstr("      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 10 }\n"));
  EXPECT_THAT(text, Not(HasSubstr("foreign")));
}

TEST(ToOthers, Terraform) {
  const std::string text = to_terraform(model());
  EXPECT_THAT(text, HasSubstr("resource \"aws_dynamodb_table\" \"Shop\" {\n  name = \"shop\"\n"));
  EXPECT_THAT(text, HasSubstr("    \"team\" = \"a $${b}\"\n"));
  EXPECT_THAT(text, HasSubstr("  local_secondary_index {\n    name = \"by_date\"\n    range_key = \"date\"\n"));
  EXPECT_THAT(text, HasSubstr("    key_schema {\n      attribute_name = \"b\"\n      key_type = \"HASH\"\n    }\n"));
}

TEST(ToOthers, WorkbenchAndBack) {
  std::vector<std::string> left_out;
  const std::string text =
      to_workbench(model(), {{0, {*json::parse(R"({"PK":{"S":"CUSTOMER#1"},"SK":{"S":"PROFILE"},"name":{"S":"Ann"},"age":{"N":"5"}})")}}},
                   1'673'518'440'000'000, left_out);
  EXPECT_THAT(text, HasSubstr("\"DateCreated\": \"Jan 12, 2023, 10:14 AM\""));
  EXPECT_THAT(text, HasSubstr("\"PartitionKeyAlias\": \"CUSTOMER#{id}\""));
  EXPECT_THAT(left_out, ::testing::Contains("index by_more of shop: a key of several attributes"));
  EXPECT_THAT(left_out, ::testing::Contains("index by_date of shop: a local secondary index"));
  row::Catalog source = catalog();
  source.tables[1].name = "other";
  const auto back = from_workbench(text, "sqlite:x.db", source, {});
  ASSERT_TRUE(back) << back.error().to_string();
  const ParseResult parsed = parse_model("itemize.yaml", back->text, {});
  ASSERT_TRUE(parsed.model) << back->text;
  EXPECT_EQ(parsed.model->tables.size(), 3U);
  EXPECT_EQ(parsed.model->tables[0].indexes.size(), 1U);
  EXPECT_EQ(back->item_types, 1U) << back->text;
  EXPECT_THAT(back->text, HasSubstr("# facet Customer of shop: key CUSTOMER#{id} / PROFILE"));
}

}  // namespace
}  // namespace itemize::model::exchange
