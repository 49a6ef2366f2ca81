// Every mistake of a model file that can be seen without a database, with the words, line and column that people get for it.
#include <gtest/gtest.h>

#include "model/testing.h"

namespace itemize::model {
namespace {

struct Mistake {
  const char* name;
  int line;             // of good_lines(), replaced by
  const char* text;
  const char* findings;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class ParseMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(ParseMistakes, GetTheirOwnWords) {
  const Mistake& mistake = GetParam();
  const ParseResult result = parse_model("itemize.yaml", testing::good_but(mistake.line, mistake.text), {});
  EXPECT_EQ(testing::to_text(result.findings), mistake.findings);
  bool has_error = false;
  for (const Finding& finding : result.findings) has_error = has_error || finding.severity == Severity::error;
  EXPECT_EQ(result.model.has_value(), !has_error);
}

// clang-format off
const Mistake mistakes[] = {
    {"UnknownTopKey", 15, "table: {}",
     "15:1: error: table: the key 'table' is not known here\n"
     "  did you mean 'tables'?\n"},
    {"UnknownItemKey", 14, "    sett: { type: Order }",
     "14:5: error: items.Order.sett: the key 'sett' is not known here\n"
     "  did you mean 'set'?\n"},
    {"UnknownItemKeyFarFromAll", 14, "    zzzzzzzzzz: 1",
     "14:5: error: items.Order.zzzzzzzzzz: the key 'zzzzzzzzzz' is not known here\n"
     "  known here: table, from, where, key, index_keys, columns, except, naming, rename, set, sensitive, new_columns, identity, duplicates, application_owned, column_types, nulls, embed, lookup, for_each, on_collision and script\n"},
    {"MissingVersion", 1, "",
     "2:1: error: the first line of a model file is missing\n"
     "  write itemize: 1\n"},
    {"WrongVersion", 1, "itemize: 2",
     "1:10: error: itemize: this version of the program reads itemize: 1\n"
     "  write itemize: 1, or use a newer program\n"},
    {"NoSource", 2, "",
     "1:1: error: the model has no source\n"
     "  write source: postgresql://user@host/database or source: sqlite:file.db\n"},
    {"SourceAndSources", 2, "source: sqlite:a.db\nsources: { a: { url: sqlite:b.db } }",
     "3:1: error: sources: source and sources exclude each other\n"
     "  source: URL is short for one source\n"},
    {"SchemeUnknown", 2, "source: postgre://db/shop",
     "2:9: error: source: the scheme 'postgre' of the source URL is not known\n"
     "  did you mean 'postgres'?\n"},
    {"SchemeMissing", 2, "source: shop.db",
     "2:9: error: source: this is not a source URL: it must start with postgresql:// or sqlite: or the like\n"},
    {"SourceWithoutDatabase", 2, "source: 'sqlite:'",
     "2:9: error: source: the source URL names no database\n"},
    {"PasswordInUrl", 2, "source: postgresql://app:hunter2@db/shop",
     "2:9: error: source: the URL holds a password (between ':' and '@'): the model file is not a place for secrets\n"
     "  take it out and set the environment variable ITEMIZE_SOURCE_PASSWORD, or use ~/.pgpass or ~/.my.cnf\n"},
    {"PasswordInUrlSetting", 2, "source: postgresql://app@db/shop?password=hunter2",
     "2:9: error: source: the URL holds a password (its setting password): the model file is not a place for secrets\n"
     "  take it out and set the environment variable ITEMIZE_SOURCE_PASSWORD, or use ~/.pgpass or ~/.my.cnf\n"},
    {"PasswordOfNamedSource", 2, "sources: { shop-eu: { url: \"postgresql://app:hunter2@db/shop\" } }",
     "2:28: error: sources.shop-eu.url: the URL holds a password (between ':' and '@'): the model file is not a place for secrets\n"
     "  take it out and set the environment variable ITEMIZE_SOURCE_SHOP_EU_PASSWORD, or use ~/.pgpass or ~/.my.cnf\n"},
    {"SourceWithoutUrl", 2, "sources: { shop: { time_zone: UTC } }",
     "2:12: error: sources.shop: the source has no url\n"},
    {"SourceNameWithBlank", 2, "sources: { \"my shop\": { url: sqlite:a.db } }",
     "2:12: error: sources.my shop: a source's name may hold letters, digits, '_' and '-', and starts with a letter\n"
     "  its password's environment variable is named after it\n"},
    {"SourceIsAList", 2, "source: [a]",
     "2:9: error: source: this must be a map of settings of the source, not a list\n"},
    {"TargetUnknownKey", 2, "source: sqlite:a.db\ntarget: { regoin: eu-west-1 }",
     "3:11: error: target.regoin: the key 'regoin' is not known here\n"
     "  did you mean 'region'?\n"},
    {"TargetAccountNumberLosesZero", 2, "source: sqlite:a.db\ntarget: { account: 12345678901 }",
     "3:20: error: target.account: an AWS account's number has 12 digits\n"
     "  write it in quotes: account: \"123456789012\"\n"},
    {"TargetEndpointWithoutScheme", 2, "source: sqlite:a.db\ntarget: { endpoint: \"127.0.0.1:8000\" }",
     "3:21: error: target.endpoint: an endpoint starts with http:// or https://\n"
     "  such as http://127.0.0.1:8000 for DynamoDB Local\n"},
    {"EnvironmentUnknownSource", 2, "sources: { shop: { url: sqlite:a.db } }\nenvironments: { test: { sources: { shp: { url: sqlite:b.db } } } }",
     "3:36: error: environments.test.sources.shp: there is no source 'shp' in the model\n"
     "  did you mean 'shop'?\n"},
    {"EnvironmentUnknownKey", 2, "source: sqlite:a.db\nenvironments: { test: { tableprefix: x } }",
     "3:25: error: environments.test.tableprefix: the key 'tableprefix' is not known here\n"
     "  did you mean 'table_prefix'?\n"},
    {"EnvironmentPassword", 2, "source: sqlite:a.db\nenvironments: { test: { source: \"postgresql://a:hunter2@b/c\" } }",
     "3:33: error: environments.test.source: the URL holds a password (between ':' and '@'): the model file is not a place for secrets\n"
     "  take it out and set the environment variable ITEMIZE_SOURCE_PASSWORD, or use ~/.pgpass or ~/.my.cnf\n"},
    {"KeyTypeInWrongCase", 5, "    partition_key: { PK: s }",
     "5:26: error: tables.shop.partition_key.PK: 's' is none of S, N and B\n"
     "  did you mean 'S'?\n"},
    {"KeyTypeUnknown", 5, "    partition_key: { PK: String }",
     "5:26: error: tables.shop.partition_key.PK: 'String' is none of S, N and B\n"},
    {"KeyWithoutType", 5, "    partition_key: { PK }",
     "5:22: error: tables.shop.partition_key.PK: this must be one of S, N and B, not nothing\n"},
    {"KeyIsText", 5, "    partition_key: PK",
     "5:20: error: tables.shop.partition_key: this must be a map of one attribute to its type, such as { PK: S }, not text\n"},
    {"TwoPartitionKeys", 5, "    partition_key: { PK: S, PK2: S }",
     "5:20: error: tables.shop.partition_key: this must name exactly one attribute, not 2\n"
     "  write it as { PK: S }\n"},
    {"NoPartitionKey", 5, "",
     "4:3: error: tables.shop: the table has no partition_key\n"
     "  write partition_key: { PK: S }\n"},
    {"SortKeyIsPartitionKey", 6, "    sort_key: { PK: S }",
     "4:3: error: tables.shop: partition key and sort key are the same attribute 'PK'\n"
     "12:30: error: items.Order.key.SK: 'SK' is not a key attribute of the table 'shop'\n"
     "  did you mean 'PK'?\n"},
    {"KeyTypesDisagree", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S }, sort_key: { SK: N } } }",
     "7:84: error: tables.shop: the key attribute 'SK' is N here and S in line 6\n"
     "  an attribute has one type in all keys of a table\n"},
    {"IndexKeyMapHasNoOrder", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S, B: S } } }",
     "7:59: error: tables.shop.global_secondary_indexes.by_mail.partition_key: the order of several key attributes matters, and a map has none\n"
     "  write them as a list: [ { a: S }, { b: S } ]\n"},
    {"IndexKeyOfFive", 7, "    global_secondary_indexes: { by_mail: { partition_key: [ { MAIL: S }, { b: S }, { c: S }, { d: S }, { e: S } ] } }",
     "7:59: error: tables.shop.global_secondary_indexes.by_mail.partition_key: an index key has 1 to 4 attributes, not 5\n"},
    {"IndexKeyTwice", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S }, sort_key: { MAIL: S } } }",
     "7:84: error: tables.shop: the index 'by_mail' has the attribute 'MAIL' twice in its key\n"},
    {"IndexNameShort", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } }, ab: { partition_key: { SK: S } } }",
     "7:74: error: tables.shop.global_secondary_indexes.ab: the name of an index has 2 characters: DynamoDB asks for 3 to 255\n"},
    {"IndexWithoutKey", 7, "    global_secondary_indexes: { by_mail: { projection: ALL } }",
     "7:33: error: tables.shop.global_secondary_indexes.by_mail: the index has no partition_key\n"},
    {"ProjectionIncludeWithoutList", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S }, projection: INCLUDE } }",
     "7:84: error: tables.shop.global_secondary_indexes.by_mail.projection: INCLUDE needs the attributes that it includes\n"
     "  write projection: { INCLUDE: [a, b] }\n"},
    {"ProjectionWrongCase", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S }, projection: keys_only } }",
     "7:84: error: tables.shop.global_secondary_indexes.by_mail.projection: 'keys_only' is none of ALL and KEYS_ONLY\n"
     "  did you mean 'KEYS_ONLY'?\n"},
    {"ProjectionInclude101", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S }, projection: { INCLUDE: [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100] } } }",
     "4:3: error: tables.shop: the indexes of a table include at most 100 attributes altogether, not 101\n"
     "7:33: warning: tables.shop: the index 'by_mail' includes more than 20 attributes\n"
     "  consider projection: ALL\n"},
    {"LocalIndexWithOwnPartitionKey", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }\n    local_secondary_indexes: { by_date: { partition_key: { X: S }, sort_key: { day: S } } }",
     "8:32: error: tables.shop: a local secondary index has its table's partition key\n"
     "  leave partition_key out\n"},
    {"LocalIndexWithoutSortKey", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }\n    local_secondary_indexes: { by_date: { projection: ALL } }",
     "8:32: error: tables.shop.local_secondary_indexes.by_date: a local secondary index needs a sort_key of its own\n"},
    {"SixLocalIndexes", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }\n    local_secondary_indexes: { by_0: { sort_key: { a0: S } }, by_1: { sort_key: { a1: S } }, by_2: { sort_key: { a2: S } }, by_3: { sort_key: { a3: S } }, by_4: { sort_key: { a4: S } }, by_5: { sort_key: { a5: S } } }",
     "4:3: error: tables.shop: a table has at most 5 local secondary indexes, not 6\n"},
    {"TwentyOneGlobalIndexes", 7, "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } }, by_0: { partition_key: { a0: S } }, by_1: { partition_key: { a1: S } }, by_2: { partition_key: { a2: S } }, by_3: { partition_key: { a3: S } }, by_4: { partition_key: { a4: S } }, by_5: { partition_key: { a5: S } }, by_6: { partition_key: { a6: S } }, by_7: { partition_key: { a7: S } }, by_8: { partition_key: { a8: S } }, by_9: { partition_key: { a9: S } }, by_10: { partition_key: { a10: S } }, by_11: { partition_key: { a11: S } }, by_12: { partition_key: { a12: S } }, by_13: { partition_key: { a13: S } }, by_14: { partition_key: { a14: S } }, by_15: { partition_key: { a15: S } }, by_16: { partition_key: { a16: S } }, by_17: { partition_key: { a17: S } }, by_18: { partition_key: { a18: S } }, by_19: { partition_key: { a19: S } } }",
     "4:3: error: tables.shop: a table has at most 20 global secondary indexes, not 21\n"},
    {"BillingUnknown", 7, "    billing_mode: ON_DEMAND\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:19: error: tables.shop.billing_mode: 'ON_DEMAND' is none of PAY_PER_REQUEST and PROVISIONED\n"},
    {"ProvisionedWithoutThroughput", 7, "    billing_mode: PROVISIONED\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "4:3: error: tables.shop: billing_mode PROVISIONED needs provisioned_throughput\n"
     "  write provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 5 }\n"},
    {"ThroughputOnDemand", 7, "    provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 5 }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "4:3: error: tables.shop: provisioned_throughput has no meaning with billing_mode PAY_PER_REQUEST\n"
     "  write billing_mode: PROVISIONED, or leave it out\n"},
    {"ThroughputZero", 7, "    billing_mode: PROVISIONED\n    provisioned_throughput: { read_capacity_units: 0, write_capacity_units: 5 }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "8:52: error: tables.shop.provisioned_throughput.read_capacity_units: this must be a whole number from 1 to 1000000000, not 0\n"},
    {"TtlWithoutAttribute", 7, "    time_to_live: { expired_rows: skip }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:5: error: tables.shop.time_to_live: time_to_live needs the name of its attribute\n"
     "  write { attribute: expiresAt }\n"},
    {"TtlIsAStringKey", 7, "    time_to_live: { attribute: SK }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:5: error: tables.shop: the time_to_live attribute must be a number, but it is a key attribute of type S\n"},
    {"StreamUnknown", 7, "    stream: NEW_AND_OLD\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:13: error: tables.shop.stream: 'NEW_AND_OLD' is none of NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES and KEYS_ONLY\n"},
    {"AfterLoadWithoutTheSetting", 7, "    after_load: [stream, time_to_live]\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:17: warning: tables.shop.after_load: after_load names stream, but the table has none\n"
     "  write stream: NEW_AND_OLD_IMAGES as well\n"
     "7:17: warning: tables.shop.after_load: after_load names time_to_live, but the table has none\n"
     "  write time_to_live: { attribute: ... } as well\n"},
    {"AfterLoadUnknown", 7, "    after_load: [streams]\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:18: error: tables.shop.after_load[0]: 'streams' is none of stream, time_to_live, deletion_protection and point_in_time_recovery\n"
     "  did you mean 'stream'?\n"},
    {"ManagedNo", 7, "    managed: no\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:14: error: tables.shop.managed: this must be true or false, not text\n"
     "  in YAML 1.2 no is text: write false\n"},
    {"ManagedQuoted", 7, "    managed: \"false\"\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:14: error: tables.shop.managed: this must be true or false, not text\n"
     "  leave the quotes out\n"},
    {"WarmUnitsText", 7, "    during_load: { warm_write_units: many }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:38: error: tables.shop.during_load.warm_write_units: this must be a whole number from 1 to 1000000000, not 'many'\n"},
    {"TagOfAws", 7, "    tags: { \"aws:x\": y }\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:13: error: tables.shop.tags.aws:x: a tag's key has 1 to 128 characters and does not start with 'aws:', its value has up to 256\n"},
    {"OnExistingItemsUnknown", 7, "    on_existing_items: replace\n    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",
     "7:24: error: tables.shop.on_existing_items: 'replace' is none of refuse, overwrite and keep\n"},
    {"TableNameBlank", 3, "tables:\n  \"my table\": { partition_key: { PK: S } }",
     "4:3: error: tables.my table: the name of a table may hold only letters, digits, '_', '-' and '.'\n"},
    {"TableNobodyWrites", 3, "tables:\n  spare: { partition_key: { PK: S } }",
     "4:3: warning: tables.spare: no item type writes to this table\n"
     "  it will be created empty; leave it out if that is not meant\n"},
    {"ItemUnknownTable", 10, "    table: shp",
     "10:12: error: items.Order.table: there is no table 'shp' under tables\n"
     "  did you mean 'shop'?\n"},
    {"ItemTableOtherCase", 10, "    table: Shop",
     "10:12: error: items.Order.table: there is no table 'Shop' under tables\n"
     "  did you mean 'shop'?\n"},
    {"ItemWithoutTable", 10, "",
     "9:3: error: items.Order: the item type has no table\n"},
    {"ItemWithoutFrom", 11, "",
     "9:3: error: items.Order: the item type has no from\n"},
    {"ItemWithoutKey", 12, "",
     "9:3: error: items.Order: the item type has no key\n"
     "  write key: { PK: \"...\", SK: \"...\" } with the table's key attributes\n"},
    {"FromNull", 11, "    from:",
     "11:5: error: items.Order.from: this must be the name of a source table, not nothing\n"
     "  write a value, or leave the key out\n"},
    {"FromUnknownSource", 11, "    from: { source: stock, table: orders }",
     "11:35: error: items.Order.from.source: the model's one source has no name\n"
     "  leave source out here, or write sources: { NAME: { url: ... } }\n"},
    {"FromWithoutTable", 11, "    from: { schema: dbo }",
     "11:11: error: items.Order.from: the name of the table is missing\n"
     "  write { source: ..., schema: ..., table: ... }\n"},
    {"FromSchemas", 11, "    from: { schemas: \"tenant_%\", schema: public, table: orders }",
     "11:11: error: items.Order.from: schema and schemas exclude each other\n"
     "  schema is one, schemas is a LIKE pattern for many\n"},
    {"KeyWithoutQuotes", 12, "    key: { PK: {id}, SK: META }",
     "12:16: error: items.Order.key.PK: a template without quotes: YAML reads the braces as a map\n"
     "  write \"{id}\" in double quotes\n"},
    {"KeyWithoutQuotesExpression", 12, "    key:\n      PK: {lower(mail)}\n      SK: META",
     "13:11: error: items.Order.key.PK: a template without quotes: YAML reads the braces as a map\n"
     "  write \"{lower(mail)}\" in double quotes\n"},
    {"KeyWithoutQuotesInTheMiddle", 12, "    key:\n      PK: {a}#{b}\n      SK: META",
     "13:11: error: items.Order.key.PK: a template without quotes: YAML reads the braces as a map\n"
     "  put the whole template in double quotes\n"},
    {"KeyCutByComment", 12, "    key:\n      PK: ORDER #{id}\n      SK: META",
     "13:11: error: items.Order.key.PK: YAML takes ' #' and all after it for a comment: only 'ORDER' is left of the template\n"
     "  put the whole template in double quotes\n"},
    {"KeyCutByCommentInBraces", 12, "    key: { PK: ORDER #{id}, SK: META }",
     "12:22: error: YAML takes ' #' and all after it for a comment: the template is cut here\n"
     "  put the whole template in double quotes\n"
     "13:5: error: this is not YAML: end of map flow not found\n"
     "  see the other message: a template without quotes often causes this\n"},
    {"SetCutByComment", 14, "    set:\n      label: ORDER #{id}",
     "15:14: error: items.Order.set.label: YAML takes ' #' and all after it for a comment: only 'ORDER' is left of the template\n"
     "  put the whole template in double quotes\n"},
    {"KeyMissesSortKey", 12, "    key: { PK: \"ORDER#{id}\" }",
     "12:12: error: items.Order.key: the sort key 'SK' of the table 'shop' is missing\n"
     "  every item has all key attributes of its table; a constant will do: SK: PROFILE\n"},
    {"KeyHasExtraAttribute", 12, "    key: { PK: \"ORDER#{id}\", SK: META, SK2: X }",
     "12:40: error: items.Order.key.SK2: 'SK2' is not a key attribute of the table 'shop'\n"
     "  did you mean 'SK'?\n"},
    {"KeyOtherCase", 12, "    key: { pk: \"ORDER#{id}\", SK: META }",
     "12:12: error: items.Order.key.pk: 'pk' is not a key attribute of the table 'shop'\n"
     "  did you mean 'PK'?\n"},
    {"KeyNull", 12, "    key: { PK: , SK: META }",
     "12:12: error: items.Order.key.PK: the key attribute has no template\n"
     "  write it in quotes: \"ORDER#{id}\"\n"},
    {"KeyTrue", 12, "    key: { PK: true, SK: META }",
     "12:16: error: items.Order.key.PK: a key attribute cannot be true or false\n"
     "  write it in quotes if it is text\n"},
    {"KeyWithAType", 12, "    key: { PK: { expr: \"{id}\", type: S }, SK: META }",
     "12:16: error: items.Order.key.PK: the type of a key attribute is declared under tables, not here\n"
     "  leave type out: the value is converted to the declared type\n"},
    {"KeyList", 12, "    key: { PK: [a], SK: META }",
     "12:16: error: items.Order.key.PK: this must be a template or a constant, not a list\n"
     "  an expression can make one: { expr: \"{string_to_array(x, ',')}\", type: SS }\n"},
    {"KeyMapWithoutExpr", 12, "    key: { PK: { x: y }, SK: META }",
     "12:16: error: items.Order.key.PK: this must be a template or a constant, not a map\n"
     "  a map here is { expr: \"{...}\", type: SS }\n"
     "12:18: error: items.Order.key.PK.x: the key 'x' is not known here\n"
     "  known here: expr and type\n"},
    {"IndexUnknown", 13, "    index_keys: { by_email: { MAIL: \"{mail}\" } }",
     "13:19: error: items.Order.index_keys.by_email: the table 'shop' has no index 'by_email'\n"
     "  did you mean 'by_mail'?\n"},
    {"IndexAttributeUnknown", 13, "    index_keys: { by_mail: { MAL: \"{mail}\" } }",
     "13:30: error: items.Order.index_keys.by_mail.MAL: 'MAL' is not a key attribute of the index 'by_mail'\n"
     "  did you mean 'MAIL'?\n"},
    {"SetOfAKey", 14, "    set: { PK: Order }",
     "14:12: error: items.Order.set.PK: 'PK' is written by key or index_keys already\n"
     "  leave one of them out\n"},
    {"SetList", 14, "    set: { a: [1, 2] }",
     "14:15: error: items.Order.set.a: this must be a template or a constant, not a list\n"
     "  an expression can make one: { expr: \"{string_to_array(x, ',')}\", type: SS }\n"},
    {"SetTypeUnknown", 14, "    set: { a: { expr: \"{b}\", type: SSS } }",
     "14:36: error: items.Order.set.a.type: 'SSS' is none of S, N, B, BOOL, SS, NS, BS, L, M and document\n"
     "  did you mean 'SS'?\n"},
    {"SetInfinity", 14, "    set: { a: .inf }",
     "14:15: error: items.Order.set.a: this number cannot be written to DynamoDB as it stands\n"
     "  write it in decimal, or in quotes if it is text\n"},
    {"WhereInBraces", 14, "    where: \"{status = 'x'}\"",
     "14:12: error: items.Order.where: where is an expression, not a template\n"
     "  leave the braces out\n"},
    {"WhereEmpty", 14, "    where: ''",
     "14:12: error: items.Order.where: the expression is empty\n"
     "  leave where out to take every row\n"},
    {"ColumnsText", 14, "    columns: id",
     "14:14: error: items.Order.columns: 'id' is neither a list of columns nor the word none\n"
     "  write columns: [id], or leave it out for every column\n"},
    {"ColumnsAndExcept", 14, "    columns: [id]\n    except: [x]",
     "15:5: error: items.Order.except: columns and except exclude each other\n"
     "  columns says which ones are taken, except which ones are not\n"},
    {"ColumnTwice", 14, "    columns: [id, name, id]",
     "14:25: warning: items.Order.columns[2]: 'id' stands twice in this list\n"},
    {"NamingUnknown", 14, "    naming: camelcase",
     "14:13: error: items.Order.naming: 'camelcase' is none of as_is, camelCase, snake_case and PascalCase\n"
     "  did you mean 'camelCase'?\n"},
    {"NewColumnsUnknown", 14, "    new_columns: ignored",
     "14:18: error: items.Order.new_columns: 'ignored' is none of stop, ignore and include\n"
     "  did you mean 'ignore'?\n"},
    {"IdentityText", 14, "    identity: id",
     "14:15: error: items.Order.identity: 'id' is neither a list of columns nor the word row\n"
     "  write identity: [id]\n"},
    {"DuplicatesWithoutRow", 14, "    duplicates: reject",
     "14:5: error: items.Order.duplicates: duplicates has a meaning only with identity: row\n"
     "  a table with a key has no duplicate rows\n"},
    {"NumberBehindANumber", 8, "  counts: { partition_key: { ID: N } }\nitems:\n  Line: { table: counts, from: log, identity: row, duplicates: number, key: { ID: \"{id}\" } }",
     "10:52: error: items.Line.duplicates: a copy's number is written behind the partition key 'ID', which must be a string (S) then, not N\n"
     "  declare it as S under tables.counts, or write duplicates: keep_one\n"},
    {"NumberBehindBinary", 8, "  bytes: { partition_key: { ID: S }, sort_key: { AT: B } }\nitems:\n  Line: { table: bytes, from: log, identity: row, duplicates: number, key: { ID: a, AT: \"{id}\" } }",
     "10:51: error: items.Line.duplicates: a copy's number is written behind the sort key 'AT', which must be a string (S) then, not B\n"
     "  declare it as S under tables.bytes, or write duplicates: keep_one\n"},
    {"ColumnTypeUnknown", 14, "    column_types: { a: bool }",
     "14:24: error: items.Order.column_types.a: 'bool' is none of S, N, B, BOOL, SS, NS, BS, L, M and document\n"
     "  did you mean 'BOOL'?\n"},
    {"ColumnTypeOtherwiseUnknown", 14, "    column_types: { a: { as: N, otherwise: skip } }",
     "14:44: error: items.Order.column_types.a.otherwise: 'skip' is none of reject, omit, null and string\n"},
    {"ApplicationOwned", 14, "    application_owned: [x]",
     "14:5: error: items.Order.application_owned: application_owned (attributes that only the application writes) is not supported by this version\n"
     "  it would change the items, so it cannot be passed over\n"},
    {"OnCollision", 14, "    on_collision: reject",
     "14:5: error: items.Order.on_collision: on_collision is not supported by this version\n"
     "  it would change the items, so it cannot be passed over\n"},
    {"VersionAttribute", 15, "version_attribute: v",
     "15:1: error: version_attribute: version_attribute is not supported by this version\n"
     "  it would change the items, so it cannot be passed over\n"},
    {"Scripts", 15, "scripts: {}",
     "15:1: error: scripts: scripts is not supported by this version\n"
     "  it would change the items, so it cannot be passed over\n"},
    {"OnReject", 15, "on_reject: keep_old",
     "15:1: note: on_reject: on_reject has a meaning in sync only, which this version does not have\n"},
    {"Queries", 15, "queries: { q: { sql: SELECT 1, dynamodb: { table: shop, key_condition: x } } }",
     "15:1: note: queries: queries are checked for their form only: this version does not run them\n"
     "15:57: error: queries.q.dynamodb.key_condition: the key 'key_condition' is not known here\n"
     "  known here: table, index_name, key_condition_expression, filter_expression, projection_expression, expression_attribute_names, expression_attribute_values, scan_index_forward, consistent_read, limit and select\n"},
    {"QueriesTable", 15, "queries: { q: { sql: SELECT 1, dynamodb: { table: shap } } }",
     "15:1: note: queries: queries are checked for their form only: this version does not run them\n"
     "15:51: error: queries.q.dynamodb.table: there is no table 'shap' under tables\n"
     "  did you mean 'shop'?\n"},
    {"TypesUnknown", 15, "types: { jsonb: documents }",
     "15:17: error: types.jsonb: 'documents' is none of S, N, B, BOOL, SS, NS, BS, L, M and document\n"
     "  did you mean 'document'?\n"},
    {"NullsUnknown", 15, "nulls: keep",
     "15:8: error: nulls: 'keep' is none of omit and write\n"},
    {"ItemNamesDifferInCase", 9, "  order: { table: shop, from: o, key: { PK: a, SK: b } }\n  Order:",
     "10:3: error: items.Order: another item type has the same name but for the case of its letters\n"
     "  files are named after item types, and some file systems ignore case\n"},
    {"ItemNameWithSlash", 9, "  \"a/b\":",
     "9:3: error: items.a/b: an item type's name has 1 to 128 letters, digits, '_' and '-'\n"
     "  its rejects are kept in a file of that name\n"},
    {"DuplicateKey", 14, "    table: shop",
     "14:5: error: items.Order.table: the key 'table' stands here twice; the first is in line 10\n"
     "  keep one of them\n"},
    {"MergeKey", 14, "    <<: { a: b }",
     "14:5: error: items.Order: merge keys (<<) are not part of YAML 1.2\n"
     "  write the keys out, or use an alias for a whole value\n"},
    {"TagUnknown", 14, "    set: { type: !thing Order }",
     "14:18: error: the YAML tag '!thing' has no meaning here\n"
     "  leave the tag out\n"},
    {"TagIntOnText", 14, "    set: { type: !!int Order }",
     "14:18: error: the value does not fit its YAML tag !!int\n"
     "  leave the tag out\n"},
    {"NullKey", 14, "    set: { ~: Order }",
     "14:12: error: items.Order.set: a key is empty (or null)\n"
     "  where the name really is null, put it in quotes\n"},
    {"ListKey", 14, "    set: { [a]: Order }",
     "14:12: error: items.Order.set: a key must be text, not a list\n"},
    {"Tab", 14, "\tset: { type: Order }",
     "14:2: error: this is not YAML: end of map not found\n"
     "  indent with spaces: YAML does not allow tabs there\n"},
    {"UnclosedQuote", 14, "    set: { type: \"Order }",
     "16:1: error: this is not YAML: end of map flow not found\n"
     "  the { in line 14, column 10 is still open here\n"},
    {"UnclosedBrace", 14, "    set: { type: Order",
     "16:1: error: this is not YAML: end of map flow not found\n"
     "  the { in line 14, column 10 is still open here\n"},
    {"Backtick", 14, "    set:\n      type: `x`",
     "15:13: error: this is not YAML: unknown token\n"
     "  put the value in double quotes: it starts with a character that means something to YAML\n"},
    {"UnknownAlias", 14, "    set: *nothing",
     "14:10: error: this is not YAML: the referenced anchor is not defined\n"
     "  put the value in double quotes: it starts with a character that means something to YAML\n"},
    {"AliasOfItself", 14, "    set: &a { type: *a }",
     "14:21: error: an alias stands inside of what it names\n"
     "  write the value out\n"},
    {"TwoDocuments", 15, "---\nitemize: 1",
     "15:1: error: the file holds more than one YAML document\n"
     "  keep one: take the line '---' out\n"},
    {"BadUtf8", 14, "    set: { type: \"\xff""\" }",
     "14:19: error: there is a byte that is not UTF-8 text\n"
     "  save the file as UTF-8, without control characters\n"},
    {"ControlCharacter", 14, "    set: { type: \"\x01""\" }",
     "14:19: error: there is a byte that is not UTF-8 text\n"
     "  save the file as UTF-8, without control characters\n"},
    {"TopIsAList", 1, "- itemize: 1",
     "2:1: error: this is not YAML: the document has ended before this line\n"
     "  check the indentation: everything stands under keys of one map\n"},
    {"PlainPercent", 14, "    set:\n      type: %x",
     "15:13: error: this is not YAML: unknown token\n"
     "  put the value in double quotes: it starts with a character that means something to YAML\n"},
};
// clang-format on

INSTANTIATE_TEST_SUITE_P(All, ParseMistakes, ::testing::ValuesIn(mistakes), [](const auto& mistake) { return std::string(mistake.param.name); });

}  // namespace
}  // namespace itemize::model
