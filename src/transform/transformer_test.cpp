// Rows through a whole model: keys, index keys, NULLs, conditions, policies, limits, time to live, sensitive columns, origins.
#include "transform/transformer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "item/limits.h"
#include "transform/testing.h"

namespace itemize::transform {
namespace {

using row::Cell;
using row::CellKind;
using row::TypeKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::rows_of;
using testing::type_of;

/// A table `t` of a key `id` and the columns given, and a model over it. `more` are further lines of the item type.
struct Case {
  std::string partition_key = "{ PK: S }";
  std::string table_lines;  ///< Under the DynamoDB table.
  std::string key = "{ PK: \"T#{id}\" }";
  std::string more;
  std::string end;  ///< At the end of the file.
  item::Framing framing;
  row::Type id = type_of(TypeKind::integer, "bigint");

  testing::Fixture with(std::vector<std::pair<std::string, row::Type>> columns) const {
    columns.insert(columns.begin(), {"id", id});
    const std::string yaml = "itemize: 1\nsource: sqlite:x.db\ntables:\n  target:\n    partition_key: " + partition_key + "\n" +
                             table_lines + "items:\n  Thing:\n    table: target\n    from: t\n    key: " + key + "\n" + more + end;
    return {yaml, testing::table_of("t", std::move(columns)), framing};
  }
};

std::vector<std::string> reasons(const testing::Outcome& outcome) {
  std::vector<std::string> result;
  for (const RowRejection& rejection : outcome.rejections)
    result.push_back(std::to_string(rejection.row) + " " + std::string(item::reason_name(rejection.rejection.reason)) + " " +
                     rejection.rejection.attribute + ": " + rejection.rejection.sentence);
  return result;
}

TEST(Transformer, WritesFramedItemsWithKeysAndOrigins) {
  Case c;
  c.framing = {"{\"PutRequest\":{\"Item\":", "}}", true};
  const testing::Fixture fixture = c.with({{"name", {}}});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  const testing::Outcome outcome =
      testing::run(fixture, rows_of({{Cell::integer(1), Cell::text("Ann")}, {Cell::integer(2), Cell::null()}}));
  EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PutRequest":{"Item":{"PK":{"S":"T#1"},"id":{"N":"1"},"name":{"S":"Ann"}}}})",
                                           R"({"PutRequest":{"Item":{"PK":{"S":"T#2"},"id":{"N":"2"}}}})"));
  const item::Put& put = outcome.table().puts[0];
  EXPECT_EQ(outcome.table().key(put), R"({"PK":{"S":"T#1"}})");
  EXPECT_EQ(outcome.table().origin(put), R"({"table":"t","key":{"id":"1"}})");
  EXPECT_EQ(put.item_size, 2 + 3 + 2 + 2 + 4 + 3U);
  EXPECT_EQ(outcome.counts.items[0], 2U);
}

TEST(Transformer, WithoutKeysForFiles) {
  Case c;
  c.framing = {"{\"Item\":", "}\n", false};
  const testing::Fixture fixture = c.with({});
  const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1)}}));
  EXPECT_EQ(outcome.table().text.view(), "{\"Item\":{\"PK\":{\"S\":\"T#1\"},\"id\":{\"N\":\"1\"}}}\n");
  EXPECT_TRUE(outcome.table().keys.empty());
  EXPECT_TRUE(outcome.table().origins.empty());
}

TEST(Transformer, KeysAreConvertedToTheirDeclaredType) {
  Case c;
  c.partition_key = "{ PK: N }";
  c.key = "{ PK: \"{v}\" }";
  const row::Type dynamic = type_of(TypeKind::dynamic);
  {
    const testing::Fixture fixture = c.with({{"v", dynamic}});
    ASSERT_TRUE(fixture.program) << fixture.problem;
    const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1), Cell::text("1.50")},
                                                                    {Cell::integer(2), Cell::text("x")},
                                                                    {Cell::integer(3), Cell::real(CellKind::float64, std::nan(""))},
                                                                    {Cell::integer(4), Cell::null()},
                                                                    {Cell::integer(5), Cell::view_of(CellKind::bytes, "b")}}));
    EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PK":{"N":"1.5"},"id":{"N":"1"},"v":{"S":"1.50"}})"));
    EXPECT_THAT(reasons(outcome), ElementsAre("1 key_type PK: the value is not a number", "2 not_a_number PK: NaN is no number to DynamoDB",
                                              "3 key_null PK: the key is NULL", "4 key_type PK: the value is not a number"));
  }
  c.partition_key = "{ PK: B }";
  {
    const testing::Fixture fixture = c.with({{"v", dynamic}});
    ASSERT_TRUE(fixture.program) << fixture.problem;
    const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1), Cell::view_of(CellKind::bytes, "foo")},
                                                                    {Cell::integer(2), Cell::integer(3)},
                                                                    {Cell::integer(3), Cell::view_of(CellKind::bytes, "")}}));
    EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PK":{"B":"Zm9v"},"id":{"N":"1"},"v":{"B":"Zm9v"}})"));
    EXPECT_THAT(reasons(outcome),
                ElementsAre("1 key_type PK: the key is of type B, the value is not binary", "2 key_empty PK: the key is empty"));
  }
  c.partition_key = "{ PK: S }";
  {
    const testing::Fixture fixture = c.with({{"v", dynamic}});
    const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1), Cell::real(CellKind::float64, 0.5)},
                                                                    {Cell::integer(2), Cell::text("")},
                                                                    {Cell::integer(3), Cell::text("\xff")}}));
    EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PK":{"S":"0.5"},"id":{"N":"1"},"v":{"N":"0.5"}})"));
    EXPECT_THAT(reasons(outcome), ElementsAre("1 key_empty PK: the key is empty", "2 invalid_utf8 PK: the text is not valid UTF-8"));
  }
}

TEST(Transformer, KeysHaveDynamoDbsLengths) {
  Case c;
  c.table_lines = "    sort_key: { SK: S }\n";
  c.key = "{ PK: \"{p}\", SK: \"{s}\" }";
  c.more = "    columns: none\n";
  const testing::Fixture fixture = c.with({{"p", {}}, {"s", {}}});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  const std::string longest_partition(2048, 'p');
  const std::string longest_sort(1024, 's');
  const std::string sort_1025 = longest_sort + "s";
  const std::string partition_2049 = longest_partition + "p";
  const std::string letters = std::string(1023, 's') + "é";  // 1025 bytes in 1024 characters
  const std::string huge(500'000, 'x');
  const auto cell = [](const std::string& text) { return Cell::text(text); };
  const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1), cell(longest_partition), cell(longest_sort)},
                                                                  {Cell::integer(2), cell(partition_2049), cell(longest_sort)},
                                                                  {Cell::integer(3), cell(longest_partition), cell(sort_1025)},
                                                                  {Cell::integer(4), cell(longest_partition), cell(letters)},
                                                                  {Cell::integer(5), cell(huge), cell(longest_sort)}}));
  EXPECT_EQ(outcome.table().puts.size(), 1U);
  EXPECT_THAT(reasons(outcome), ElementsAre("1 key_too_large PK: the key has 2049 bytes; DynamoDB takes 2048",
                                            "2 key_too_large SK: the key has 1025 bytes; DynamoDB takes 1024",
                                            "3 key_too_large SK: the key has 1025 bytes; DynamoDB takes 1024",
                                            "4 key_too_large PK: the value has 500000 bytes; DynamoDB takes items of 409,600 (400 KB)"));
}

TEST(Transformer, IndexKeysAreSparse) {
  Case c;
  c.table_lines = "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S }, sort_key: { AT: N } } }\n";
  c.more = "    columns: none\n    index_keys: { by_mail: { MAIL: \"{mail}\", AT: \"{at}\" } }\n    nulls: write\n";
  const testing::Fixture fixture = c.with({{"mail", {}}, {"at", type_of(TypeKind::integer, "integer")}});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  const std::string long_mail(2049, 'm');
  const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1), Cell::text("a@b"), Cell::integer(5)},
                                                                  {Cell::integer(2), Cell::null(), Cell::integer(5)},
                                                                  {Cell::integer(3), Cell::text(""), Cell::null()},
                                                                  {Cell::integer(4), Cell::text(long_mail), Cell::integer(5)}}));
  EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PK":{"S":"T#1"},"MAIL":{"S":"a@b"},"AT":{"N":"5"}})",
                                           R"({"PK":{"S":"T#2"},"AT":{"N":"5"}})", R"({"PK":{"S":"T#3"}})"));
  EXPECT_THAT(reasons(outcome), ElementsAre("3 key_too_large MAIL: the key has 2049 bytes; DynamoDB takes 2048"));
  EXPECT_EQ(outcome.table().puts[2].item_size, 2 + 3U);
}

TEST(Transformer, NullsAreAbsentOrWritten) {
  Case c;
  const testing::Outcome omitted = testing::run(c.with({{"a", {}}}), rows_of({{Cell::integer(1), Cell::null()}}));
  EXPECT_THAT(omitted.texts(), ElementsAre(R"({"PK":{"S":"T#1"},"id":{"N":"1"}})"));
  c.end = "nulls: write\n";
  const testing::Outcome written = testing::run(c.with({{"a", {}}}), rows_of({{Cell::integer(1), Cell::null()}}));
  EXPECT_THAT(written.texts(), ElementsAre(R"({"PK":{"S":"T#1"},"id":{"N":"1"},"a":{"NULL":true}})"));
  EXPECT_EQ(written.table().puts[0].item_size, omitted.table().puts[0].item_size + 2);
  c.more = "    nulls: omit\n";
  const testing::Outcome overridden = testing::run(c.with({{"a", {}}}), rows_of({{Cell::integer(1), Cell::null()}}));
  EXPECT_EQ(overridden.texts(), omitted.texts());
}

TEST(Transformer, WhereKeepsOnlyWhatIsTrue) {
  Case c;
  c.more = "    where: \"status <> 'draft'\"\n    columns: none\n";
  const testing::Outcome outcome = testing::run(
      c.with({{"status", {}}}),
      rows_of({{Cell::integer(1), Cell::text("draft")}, {Cell::integer(2), Cell::text("paid")}, {Cell::integer(3), Cell::null()}}));
  EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PK":{"S":"T#2"}})"));
  EXPECT_EQ(outcome.counts.items[0], 1U);
  EXPECT_EQ(outcome.counts.skipped[0], 2U);
}

TEST(Transformer, ConstantsAndTemplates) {
  Case c;
  c.more =
      "    columns: none\n    set:\n      type: Thing\n      n: 12.50\n      flag: true\n      nothing: null\n      text: \"{id}/{a}\"\n   "
      "   same: \"{a}\"\n"
      "      as_text: { expr: \"{id}\", type: S }\n";
  const testing::Fixture fixture = c.with({{"a", type_of(TypeKind::boolean, "boolean")}});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  const testing::Outcome outcome =
      testing::run(fixture, rows_of({{Cell::integer(1), Cell::boolean(true)}, {Cell::integer(2), Cell::null()}}));
  EXPECT_THAT(
      outcome.texts(),
      ElementsAre(
          R"({"PK":{"S":"T#1"},"type":{"S":"Thing"},"n":{"N":"12.5"},"flag":{"BOOL":true},"nothing":{"NULL":true},"text":{"S":"1/true"},"same":{"BOOL":true},"as_text":{"S":"1"}})",
          R"({"PK":{"S":"T#2"},"type":{"S":"Thing"},"n":{"N":"12.5"},"flag":{"BOOL":true},"nothing":{"NULL":true},"as_text":{"S":"2"}})"));
  for (const item::Put& put : outcome.table().puts) {
    const Result<item::Item> item = item::parse_item(outcome.table().framed(put));
    ASSERT_TRUE(item);
    EXPECT_EQ(item::size_of(*item), put.item_size);
  }
}

TEST(Transformer, PoliciesSayWhatToWriteInstead) {
  const row::Type real = type_of(TypeKind::float64, "double precision");
  const std::vector<Cell> row{Cell::integer(1), Cell::real(CellKind::float64, std::nan("")),
                              Cell::make(CellKind::date, row::time_minus_infinity), Cell::text("x")};
  const auto outcome_with = [&](const std::string& otherwise) {
    Case c;
    c.more = "    column_types:\n      r: { otherwise: " + otherwise + " }\n      d: { otherwise: " + otherwise +
             " }\n      t: { as: N, otherwise: " + otherwise + " }\n";
    const testing::Fixture fixture = c.with({{"r", real}, {"d", type_of(TypeKind::date, "date")}, {"t", {}}});
    EXPECT_TRUE(fixture.program) << fixture.problem;
    return testing::run(fixture, rows_of({row}));
  };
  EXPECT_THAT(outcome_with("omit").texts(), ElementsAre(R"({"PK":{"S":"T#1"},"id":{"N":"1"}})"));
  EXPECT_THAT(outcome_with("null").texts(),
              ElementsAre(R"({"PK":{"S":"T#1"},"id":{"N":"1"},"r":{"NULL":true},"d":{"NULL":true},"t":{"NULL":true}})"));
  EXPECT_THAT(outcome_with("string").texts(),
              ElementsAre(R"({"PK":{"S":"T#1"},"id":{"N":"1"},"r":{"S":"NaN"},"d":{"S":"-infinity"},"t":{"S":"x"}})"));
  EXPECT_THAT(reasons(outcome_with("reject")), ElementsAre("0 not_a_number r: NaN is no number to DynamoDB"));
  for (const char* otherwise : {"omit", "null", "string"}) {
    const testing::Outcome outcome = outcome_with(otherwise);
    EXPECT_EQ(item::size_of(*item::parse_item(outcome.texts()[0])), outcome.table().puts[0].item_size) << otherwise;
  }
}

TEST(Transformer, OtherwiseStringKeepsEveryDigit) {
  Case c;
  c.more = "    column_types: { v: { otherwise: string } }\n";
  const testing::Fixture fixture = c.with({{"v", type_of(TypeKind::dynamic)}});
  const std::string digits = "1234567890123456789012345678901234567890.50";
  Cell zero_date = Cell::view_of(CellKind::invalid, "0000-00-00");
  zero_date.flags = row::invalid_zero_date;
  const testing::Outcome outcome =
      testing::run(fixture, rows_of({{Cell::integer(1), Cell::view_of(CellKind::decimal_text, digits)},
                                     {Cell::integer(2), Cell::real(CellKind::float64, std::numeric_limits<double>::infinity())},
                                     {Cell::integer(3), Cell::text("\xff")},
                                     {Cell::integer(4), zero_date},
                                     {Cell::integer(5), Cell::view_of(CellKind::json, "{\"\": 1}")}}));
  EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PK":{"S":"T#1"},"id":{"N":"1"},"v":{"S":"1234567890123456789012345678901234567890.50"}})",
                                           R"({"PK":{"S":"T#2"},"id":{"N":"2"},"v":{"S":"Infinity"}})",
                                           R"({"PK":{"S":"T#5"},"id":{"N":"5"},"v":{"S":"{\"\": 1}"}})"));
  EXPECT_THAT(reasons(outcome), ElementsAre("2 invalid_utf8 v: the text is not valid UTF-8", "3 invalid_date v: 0000-00-00"));
}

TEST(Transformer, PoliciesDoNotTouchKeys) {
  Case c;
  c.key = "{ PK: \"{v}\" }";
  c.more = "    column_types: { v: { otherwise: omit } }\n";
  Cell broken = Cell::view_of(CellKind::invalid, "broken");
  broken.flags = row::invalid_value;
  const testing::Outcome outcome = testing::run(c.with({{"v", {}}}), rows_of({{Cell::integer(1), broken}}));
  EXPECT_THAT(reasons(outcome), ElementsAre("0 invalid_value PK: broken"));
}

TEST(Transformer, ItemsHaveAtMost400Kilobytes) {
  Case c;
  const testing::Fixture fixture = c.with({{"a", {}}, {"b", {}}});
  // PK and T#1, id and 1, a, b: 2 + 3 + 2 + 2 + 1 + 1 = 11 bytes.
  const std::string half(204'800, 'x');
  const std::string rest(204'800 - 11, 'x');
  const std::string over = rest + "x";
  const testing::Outcome outcome = testing::run(
      fixture, rows_of({{Cell::integer(1), Cell::text(half), Cell::text(rest)}, {Cell::integer(2), Cell::text(half), Cell::text(over)}}));
  ASSERT_EQ(outcome.table().puts.size(), 1U);
  EXPECT_EQ(outcome.table().puts[0].item_size, item::item_size_limit);
  EXPECT_THAT(reasons(outcome), ElementsAre("1 item_too_large : the item has 409601 bytes; DynamoDB takes 409,600 (400 KB)"));
}

TEST(Transformer, RejectedRowsLeaveNothingBehind) {
  Case c;
  c.framing.want_keys = true;
  const testing::Fixture fixture = c.with({{"a", {}}});
  const testing::Outcome outcome = testing::run(
      fixture, rows_of({{Cell::integer(1), Cell::text("x")}, {Cell::integer(2), Cell::text("\xff")}, {Cell::integer(3), Cell::text("y")}}));
  EXPECT_EQ(outcome.table().text.view(),
            R"({"PK":{"S":"T#1"},"id":{"N":"1"},"a":{"S":"x"}}{"PK":{"S":"T#3"},"id":{"N":"3"},"a":{"S":"y"}})");
  EXPECT_EQ(outcome.table().keys.view(), R"({"PK":{"S":"T#1"}}{"PK":{"S":"T#3"}})");
  EXPECT_EQ(outcome.rejections[0].item, &fixture.bound->tables[0].items[0]);
}

TEST(Transformer, ExpiredRowsAreSkippedOrWritten) {
  Case c;
  c.table_lines = "    time_to_live: { attribute: gone }\n";
  const row::Type seconds = type_of(TypeKind::dynamic);
  const row::RowBatch rows = rows_of({{Cell::integer(1), Cell::integer(999)},
                                      {Cell::integer(2), Cell::integer(1000)},
                                      {Cell::integer(3), Cell::text("999")},
                                      {Cell::integer(4), Cell::null()}});
  const testing::Outcome skipped = testing::run(c.with({{"gone", seconds}}), rows, 1'000'900'000);
  EXPECT_THAT(skipped.texts(), ElementsAre(HasSubstr("T#2"), HasSubstr("T#3"), HasSubstr("T#4")));
  EXPECT_EQ(skipped.counts.skipped[0], 1U);
  c.table_lines = "    time_to_live: { attribute: gone, expired_rows: write }\n";
  EXPECT_EQ(testing::run(c.with({{"gone", seconds}}), rows, 1'000'900'000).table().puts.size(), 4U);
}

TEST(Transformer, SensitiveValuesStayOutOfSentences) {
  Case c;
  c.more =
      "    columns: none\n    sensitive: [secret]\n    set: { a: \"{secret::integer}\", b: \"{plain::integer}\", c: { expr: \"{secret}\", "
      "type: document } }\n";
  const testing::Fixture fixture = c.with({{"secret", {}}, {"plain", {}}});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1), Cell::text("hunter2"), Cell::text("1")},
                                                                  {Cell::integer(2), Cell::text("1"), Cell::text("visible")},
                                                                  {Cell::integer(3), Cell::text("01"), Cell::text("1")}}));
  ASSERT_EQ(outcome.rejections.size(), 3U);
  for (const std::size_t index : {0, 2}) {
    EXPECT_THAT(outcome.rejections[index].rejection.sentence, HasSubstr("sensitive"));
    EXPECT_THAT(outcome.rejections[index].rejection.sentence, ::testing::Not(HasSubstr("hunter2")));
  }
  EXPECT_THAT(outcome.rejections[1].rejection.sentence, HasSubstr("visible"));
  const std::array row{Cell::integer(1), Cell::text("hunter2"), Cell::text("x\n")};
  EXPECT_EQ(row_to_json(fixture.bound->tables[0], row), R"({"id":"1","secret":"***","plain":"x\n"})");
}

TEST(Transformer, SensitiveConditionsStayOutOfSentences) {
  Case c;
  c.more = "    sensitive: [secret]\n    where: \"secret::integer > 0\"\n    columns: none\n";
  const testing::Outcome outcome = testing::run(c.with({{"secret", {}}}), rows_of({{Cell::integer(1), Cell::text("hunter2")}}));
  ASSERT_EQ(outcome.rejections.size(), 1U);
  EXPECT_EQ(outcome.rejections[0].rejection.reason, item::Reason::expression);
  EXPECT_THAT(outcome.rejections[0].rejection.sentence, ::testing::Not(HasSubstr("hunter2")));
}

TEST(Transformer, OriginsAndRowsAreJsonWhateverTheyHold) {
  Case c;
  c.id = type_of(TypeKind::dynamic);
  c.framing.want_keys = true;
  c.key = "{ PK: \"{n}\" }";
  const testing::Fixture fixture = c.with({{"n", type_of(TypeKind::integer, "integer")}});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  const Cell cells[] = {Cell::text("quo\"te"), Cell::view_of(CellKind::bytes, std::string_view("\0\xfe", 2)),
                        Cell::real(CellKind::float64, 0.5), Cell::null()};
  std::vector<std::string> origins;
  for (const Cell& cell : cells) {
    const testing::Outcome outcome = testing::run(fixture, rows_of({{cell, Cell::integer(1)}}));
    origins.emplace_back(outcome.table().origins.view());
  }
  EXPECT_THAT(origins, ElementsAre(R"({"table":"t","key":{"id":"quo\"te"}})", R"({"table":"t","key":{"id":"\\x00fe"}})",
                                   R"({"table":"t","key":{"id":"0.5"}})", R"({"table":"t","key":{"id":null}})"));
  const std::array odd{Cell::text("\xff\x01"), Cell::real(CellKind::float64, std::nan(""))};
  EXPECT_EQ(row_to_json(fixture.bound->tables[0], odd), R"({"id":"\\xff01","n":"NaN"})");
}

TEST(Transformer, RowsForRejectsShowTheStartOfLongValues) {
  Case c;
  const testing::Fixture fixture = c.with({{"a", {}}});
  std::string text(16 * 1024 - 1, 'x');
  text += "€ and more";
  const std::array row{Cell::integer(1), Cell::text(text)};
  EXPECT_EQ(row_to_json(fixture.bound->tables[0], row),
            "{\"id\":\"1\",\"a\":\"" + std::string(16 * 1024 - 1, 'x') + "... (16395 bytes)\"}");
}

TEST(Transformer, OneTableManyItemTypes) {
  const std::string yaml =
      "itemize: 1\nsource: sqlite:x.db\ntables:\n  one: { partition_key: { PK: S }, sort_key: { SK: S } }\n  two: { partition_key: { id: N "
      "} }\n"
      "items:\n  A: { table: one, from: t, key: { PK: \"A#{id}\", SK: A }, columns: none }\n  B: { table: two, from: t, key: { id: "
      "\"{id}\" }, where: \"id > 1\" }\n"
      "  C: { table: one, from: t, key: { PK: \"A#{id}\", SK: C }, columns: none }\n";
  const testing::Fixture fixture(yaml, testing::table_of("t", {{"id", type_of(TypeKind::integer, "bigint")}}), {"", "\n", true});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  const testing::Outcome outcome = testing::run(fixture, rows_of({{Cell::integer(1)}, {Cell::integer(2)}}));
  EXPECT_EQ(outcome.items.tables[0].text.view(),
            "{\"PK\":{\"S\":\"A#1\"},\"SK\":{\"S\":\"A\"}}\n{\"PK\":{\"S\":\"A#1\"},\"SK\":{\"S\":\"C\"}}\n"
            "{\"PK\":{\"S\":\"A#2\"},\"SK\":{\"S\":\"A\"}}\n{\"PK\":{\"S\":\"A#2\"},\"SK\":{\"S\":\"C\"}}\n");
  EXPECT_EQ(outcome.items.tables[1].text.view(), "{\"id\":{\"N\":\"2\"}}\n");
  EXPECT_EQ(outcome.items.tables[1].keys.view(), "{\"id\":{\"N\":\"2\"}}");
  EXPECT_THAT(outcome.counts.items, ElementsAre(2, 1, 2));
  EXPECT_THAT(outcome.counts.skipped, ElementsAre(0, 1, 0));
  EXPECT_THAT(outcome.rejections, IsEmpty());
}

TEST(Transformer, AnIndexMayUseTheTablesKey) {
  Case c;
  c.partition_key = "{ PK: S }";
  c.table_lines = "    sort_key: { SK: S }\n    global_secondary_indexes: { inverse: { partition_key: { SK: S }, sort_key: { PK: S } } }\n";
  c.key = "{ PK: \"{a}\", SK: \"{id}\" }";
  c.more = "    columns: none\n";
  const testing::Fixture fixture = c.with({{"a", {}}});
  ASSERT_TRUE(fixture.program) << fixture.problem;
  // PK is the sort key of an index: DynamoDB refuses what is too long for that.
  const std::string text(1025, 'x');
  const testing::Outcome outcome =
      testing::run(fixture, rows_of({{Cell::integer(1), Cell::text("x")}, {Cell::integer(2), Cell::text(text)}}));
  EXPECT_THAT(outcome.texts(), ElementsAre(R"({"PK":{"S":"x"},"SK":{"S":"1"}})"));
  EXPECT_THAT(reasons(outcome), ElementsAre("1 key_too_large PK: the key has 1025 bytes; DynamoDB takes 1024"));
}

}  // namespace
}  // namespace itemize::transform
