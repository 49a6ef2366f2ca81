#include <gtest/gtest.h>

#include "model/testing.h"

namespace itemize::model {
namespace {

constexpr std::string_view whole = R"yaml(itemize: 1
sources:
  shop:  { url: "postgresql://app@db.example:5432/shop?sslmode=verify-full", time_zone: Europe/Berlin }
  stock: { url: "mysql://app@stock.example/stock" }
target: { region: eu-west-1, account: "123456789012" }
environments:
  rehearsal: { sources: { shop: { url: "postgresql://app@localhost/shop" } }, target: { endpoint: "http://127.0.0.1:8000" }, table_prefix: reh- }
  twin: { target: { region: eu-west-1 } }
tables:
  shop:
    partition_key: { PK: S }
    sort_key: { SK: S }
    global_secondary_indexes:
      by_email:  { partition_key: { GSI1PK: S }, sort_key: { GSI1SK: S }, projection: ALL }
      by_status: { partition_key: [ { tenant: S }, { status: S } ], sort_key: [ { placedAt: S } ], projection: { INCLUDE: [total] } }
    local_secondary_indexes:
      by_day: { sort_key: { day: N }, projection: KEYS_ONLY }
    billing_mode: PROVISIONED
    provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 0x10 }
    time_to_live: { attribute: expiresAt, expired_rows: write }
    stream: NEW_AND_OLD_IMAGES
    table_class: STANDARD_INFREQUENT_ACCESS
    tags: { team: shop, on: no }
    during_load: { warm_write_units: 40000 }
    after_load: [stream, time_to_live, deletion_protection]
    managed: false
    on_existing_items: keep
items:
  Customer:
    table: shop
    from: { source: shop, schema: sales, table: "Asset Master" }
    where: "status <> 'draft'"
    key: { PK: "CUSTOMER#{id}", SK: PROFILE }
    index_keys: { by_email: { GSI1PK: "EMAIL#{lower(email)}", GSI1SK: PROFILE } }
    except: [password_hash, "legacy_*"]
    naming: camelCase
    rename: { full_name: name }
    set:
      type: Customer
      active: true
      answer: 42
      price: 1.50
      no: no
      quoted: "42"
      nothing: ~
      flags: { expr: "{string_to_array(flags, ',')}", type: SS }
    sensitive: [email, phone]
    new_columns: include
    column_types: { payload: document, price: { as: N, otherwise: null } }
    nulls: write
  Tagged:
    table: shop
    from: { source: stock, table: articles }
    key: { PK: "TAG#{tag}", SK: "ARTICLE#{id}" }
    columns: none
    identity: row
    duplicates: keep_one
types: { "tinyint(1)": BOOL, jsonb: document, bytea: { as: B, otherwise: string } }
nulls: omit
version_attribute: none
)yaml";

Model parsed(std::string_view yaml, const std::string& environment = {}) {
  ParseResult result = parse_model("itemize.yaml", yaml, {environment});
  EXPECT_TRUE(result.model.has_value()) << testing::to_text(result.findings);
  return result.model ? *std::move(result.model) : Model{};
}

TEST(Parse, ReadsSourcesAndTarget) {
  const Model model = parsed(whole);
  ASSERT_EQ(model.sources.size(), 2u);
  EXPECT_EQ(model.sources[0].name, "shop");
  EXPECT_EQ(model.sources[0].url, "postgresql://app@db.example:5432/shop?sslmode=verify-full");
  EXPECT_EQ(model.sources[0].time_zone, "Europe/Berlin");
  EXPECT_EQ(model.sources[1].time_zone, "UTC");
  EXPECT_EQ(model.target.region, "eu-west-1");
  EXPECT_EQ(model.target.account, "123456789012");
  EXPECT_TRUE(model.target.endpoint.empty());
}

TEST(Parse, ReadsTables) {
  const Model model = parsed(whole);
  ASSERT_EQ(model.tables.size(), 1u);
  const DynamoTable& table = model.tables[0];
  EXPECT_EQ(table.name, "shop");
  EXPECT_EQ(table.partition_key.name, "PK");
  EXPECT_EQ(table.sort_key->name, "SK");
  ASSERT_EQ(table.indexes.size(), 3u);
  EXPECT_EQ(table.indexes[1].partition_key.size(), 2u);
  EXPECT_EQ(table.indexes[1].partition_key[1].name, "status");
  EXPECT_EQ(table.indexes[1].projection, Projection::include);
  EXPECT_EQ(table.indexes[1].include, std::vector<std::string>{"total"});
  EXPECT_EQ(table.indexes[1].write_capacity, 16u) << "an index without throughput has its table's";
  EXPECT_TRUE(table.indexes[2].local);
  EXPECT_EQ(table.indexes[2].partition_key[0].name, "PK") << "a local index has its table's partition key";
  EXPECT_EQ(table.indexes[2].sort_key[0].type, KeyType::N);
  EXPECT_FALSE(table.pay_per_request);
  EXPECT_EQ(table.read_capacity, 5u);
  EXPECT_EQ(table.write_capacity, 16u);
  EXPECT_EQ(table.time_to_live->attribute, "expiresAt");
  EXPECT_TRUE(table.time_to_live->write_expired);
  EXPECT_EQ(table.stream, "NEW_AND_OLD_IMAGES");
  EXPECT_EQ(table.table_class, "STANDARD_INFREQUENT_ACCESS");
  EXPECT_TRUE(table.deletion_protection) << "asked for by after_load";
  EXPECT_FALSE(table.point_in_time_recovery);
  const std::vector<std::pair<std::string, std::string>> tags = {{"team", "shop"}, {"on", "no"}};
  EXPECT_EQ(table.tags, tags);
  EXPECT_EQ(table.warm_write_units, 40000u);
  EXPECT_FALSE(table.managed);
  EXPECT_EQ(table.on_existing_items, OnExistingItems::keep);
}

TEST(Parse, ReadsItemTypes) {
  const Model model = parsed(whole);
  ASSERT_EQ(model.items.size(), 2u);
  const ItemType& item = model.items[0];
  EXPECT_EQ(item.from.source, "shop");
  EXPECT_EQ(item.from.schema, "sales");
  EXPECT_EQ(item.from.table, "Asset Master");
  EXPECT_EQ(item.where->value, "status <> 'draft'");
  EXPECT_EQ(item.where->place.line, 32);
  EXPECT_EQ(item.where->place.column, 12);
  EXPECT_TRUE(item.all_columns);
  ASSERT_EQ(item.except.size(), 2u);
  EXPECT_EQ(item.except[1].value, "legacy_*");
  EXPECT_EQ(item.naming, Naming::camel_case);
  EXPECT_EQ(item.rename[0].second.value, "name");
  EXPECT_EQ(item.new_columns, NewColumns::include);
  EXPECT_EQ(item.column_types[0].second.as, "document");
  EXPECT_EQ(item.column_types[1].second.as, "N");
  EXPECT_EQ(item.column_types[1].second.otherwise, "null");
  EXPECT_EQ(item.nulls_write, true);
  EXPECT_FALSE(model.items[1].all_columns);
  EXPECT_TRUE(model.items[1].columns.empty());
  EXPECT_TRUE(model.items[1].identity_row);
  EXPECT_EQ(model.items[1].duplicates, Duplicates::keep_one);
  EXPECT_EQ(model.types[2].second.otherwise, "string");
}

TEST(Parse, ScalarsFollowYaml12CoreSchema) {
  const Model model = parsed(whole);
  const auto& set = model.items[0].set;
  const auto text = [&](std::size_t index) { return std::get<Text>(set[index].second.content).value; };
  EXPECT_EQ(text(0), "Customer");
  EXPECT_EQ(std::get<bool>(set[1].second.content), true);
  EXPECT_EQ(set[2].second.number, "42");
  EXPECT_EQ(set[3].second.number, "1.50");
  EXPECT_EQ(set[4].first.value, "no");
  EXPECT_EQ(text(4), "no") << "not false";
  EXPECT_EQ(text(5), "42") << "quoted: text";
  EXPECT_TRUE(std::holds_alternative<std::monostate>(set[6].second.content));
  EXPECT_EQ(text(7), "{string_to_array(flags, ',')}");
  EXPECT_EQ(set[7].second.type, "SS");
}

TEST(Parse, AppliesTheChosenEnvironment) {
  const Model model = parsed(whole, "rehearsal");
  EXPECT_EQ(model.environment, "rehearsal");
  EXPECT_EQ(model.sources[0].url, "postgresql://app@localhost/shop");
  EXPECT_EQ(model.sources[0].time_zone, "Europe/Berlin") << "what the environment does not say stays";
  EXPECT_EQ(model.sources[1].url, "mysql://app@stock.example/stock");
  EXPECT_EQ(model.target.endpoint, "http://127.0.0.1:8000");
  EXPECT_EQ(model.target.region, "eu-west-1");
  EXPECT_EQ(model.target.account, "") << "another endpoint is another account";
  EXPECT_EQ(model.tables[0].name, "reh-shop");
  EXPECT_EQ(model.tables[0].model_name, "shop");
  EXPECT_NE(model.table("shop"), nullptr);
  EXPECT_EQ(parsed(whole, "twin").target.account, "123456789012") << "the same target is the same account";
}

TEST(Parse, TellsAnUnknownEnvironment) {
  const ParseResult result = parse_model("itemize.yaml", whole, {"rehersal"});
  EXPECT_FALSE(result.model);
  EXPECT_TRUE(testing::to_text(result.findings)
                  .starts_with("6:1: error: environments: there is no environment 'rehersal'\n  did you mean 'rehearsal'?\n"));
}

TEST(Parse, ThePrefixCountsForTheNamesLength) {
  std::string yaml = testing::good_but(15, "environments: { test: { table_prefix: " + std::string(252, 'x') + " } }");
  EXPECT_EQ(testing::to_text(parse_model("itemize.yaml", yaml, {"test"}).findings),
            "4:3: error: tables.shop: the name of a table has 256 characters with the table prefix: DynamoDB asks for 3 to 255\n");
  EXPECT_TRUE(parse_model("itemize.yaml", yaml, {}).model.has_value());
}

TEST(Parse, HashCoversBytesAndEnvironment) {
  const std::string hash = parsed(whole).hash;
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(parsed(whole).hash, hash);
  EXPECT_NE(parsed(whole, "rehearsal").hash, hash);
  EXPECT_NE(parsed(std::string(whole) + "# a comment\n").hash, hash);
}

TEST(Parse, AByteOrderMarkAndWindowsLineEndsAreFine) {
  std::string yaml = "\xEF\xBB\xBF";
  for (const char c : testing::joined(testing::good_lines())) yaml += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Model model = parsed(yaml);
  EXPECT_EQ(model.items[0].place.line, 9);
  EXPECT_EQ(model.items[0].place.column, 3);
  EXPECT_EQ(model.items[0].from.table, "orders");
}

TEST(Parse, ColumnsCountCharactersNotBytes) {
  const ParseResult result = parse_model("itemize.yaml", testing::good_but(14, "    set: { \"größe\": Order, \"größe\": X }"), {});
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].place.column, 28);
}

TEST(Parse, AliasesStandForWholeValues) {
  const Model model = parsed(testing::good_but(14,
                                               "    set: &common { type: Order }\n    column_types: { a: &n N, b: *n }\n  Other: { table: "
                                               "shop, from: others, key: { PK: \"X#{id}\", SK: Y }, set: *common }"));
  ASSERT_EQ(model.items.size(), 2u);
  EXPECT_EQ(model.items[1].set[0].first.value, "type");
  EXPECT_EQ(model.items[0].column_types[1].second.as, "N");
}

TEST(Parse, AliasesCannotBlowUp) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 12; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    yaml += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
    for (int count = 0; count < 9; ++count) yaml += ", " + below;
    yaml += "]\n";
  }
  const ParseResult result = parse_model("itemize.yaml", yaml, {});
  EXPECT_EQ(testing::to_text(result.findings),
            "error: the file is too large: more than 1,000,000 values, aliases counted each time\n  use fewer aliases\n");
}

TEST(Parse, HugeAndDeepFilesAreRefused) {
  EXPECT_EQ(testing::to_text(parse_model("itemize.yaml", std::string(9 << 20, ' '), {}).findings),
            "error: the file is larger than 8 MiB\n  is it really a model file?\n");
  EXPECT_FALSE(parse_model("itemize.yaml", std::string(100000, '['), {}).model);
  EXPECT_FALSE(parse_model("itemize.yaml", std::string(100000, '{'), {}).model);
}

TEST(Parse, EmptyFilesHaveTheirOwnWords) {
  for (const char* yaml : {"", "# only a comment\n", "---\n", "~"})
    EXPECT_EQ(testing::to_text(parse_model("itemize.yaml", yaml, {}).findings),
              "1:1: error: the model file is empty\n  `itemize init URL` writes one\n")
        << yaml;
}

TEST(Parse, EveryMistakeIsReportedInOneRun) {
  const std::string yaml =
      "itemize: 1\nsource: sqlite:a.db\ntables:\n  shop: { partition_key: { PK: X }, colour: red }\nitems:\n  A: { table: shp, form: a, "
      "key: { PK: {id} } }\n";
  const ParseResult result = parse_model("itemize.yaml", yaml, {});
  EXPECT_EQ(testing::to_text(result.findings),
            "4:32: error: tables.shop.partition_key.PK: 'X' is none of S, N and B\n"
            "4:37: error: tables.shop.colour: the key 'colour' is not known here\n"
            "  known here: partition_key, sort_key, global_secondary_indexes, local_secondary_indexes, billing_mode, "
            "provisioned_throughput, time_to_live, stream, "
            "table_class, deletion_protection, point_in_time_recovery, tags, during_load, after_load, managed and on_existing_items\n"
            "6:3: error: items.A: the item type has no from\n"
            "6:15: error: items.A.table: there is no table 'shp' under tables\n  did you mean 'shop'?\n"
            "6:20: error: items.A.form: the key 'form' is not known here\n  did you mean 'from'?\n"
            "6:40: error: items.A.key.PK: a template without quotes: YAML reads the braces as a map\n  write \"{id}\" in double quotes\n");
}

TEST(Parse, NoFindingEverShowsAPassword) {
  for (const char* url :
       {"postgresql://app:hunter2@db/shop", "postgresql://app:hun/ter2@db/shop", "postgresql://app@db/shop?user=x&password=hunter2",
        "odbc:Driver=x;UID=a;PWD=hunter2", "postgre://app:hunter2@db/shop", "mysql://:hunter2@db/x", "sqlserver://db;password=hunter2",
        "postgresql://db/x?sslpassword=hunter2"}) {
    const ParseResult result = parse_model("itemize.yaml", testing::good_but(2, std::string("source: \"") + url + "\""), {});
    EXPECT_FALSE(result.model) << url;
    EXPECT_EQ(testing::to_text(result.findings).find("ter2"), std::string::npos) << url;
    EXPECT_NE(testing::to_text(result.findings).find("password"), std::string::npos) << url;
  }
  for (const char* url :
       {"postgresql://app@db:5432/shop", "postgresql://db:5432/shop?application_name=a@b", "postgresql:///shop", "sqlite:/data/a:b@c.db",
        "postgresql://app:@db/shop", "postgresql://app@db/shop?passfile=/x/y", "odbc:DSN=shop;UID=app"})
    EXPECT_TRUE(parse_model("itemize.yaml", testing::good_but(2, std::string("source: \"") + url + "\""), {}).model) << url;
}

}  // namespace
}  // namespace itemize::model
