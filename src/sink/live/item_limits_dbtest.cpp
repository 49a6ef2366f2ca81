// What item/ says of sizes and limits, against a real DynamoDB (Local): tried at the very edge of 400 KB, with values of all kinds.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "aws/dynamodb.h"
#include "item/dynamodb_json.h"
#include "item/limits.h"
#include "item/number_text.h"

namespace itemize::sink {
namespace {

class ItemLimitsDbTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* endpoint = std::getenv("ITEMIZE_TEST_DYNAMODB");
    if (endpoint == nullptr) GTEST_SKIP() << "ITEMIZE_TEST_DYNAMODB is not set: run under test/engines/with_engines";
    aws::SessionOptions options;
    options.endpoint = endpoint;
    options.region = "eu-west-1";
    dynamodb_ = *aws::DynamoDb::open(*aws::open_session("dynamodb", options));
    table_ = "limits-test-" + std::to_string(getpid()) + "-" + testing::UnitTest::GetInstance()->current_test_info()->name();
    aws::TableDefinition definition;
    definition.name = table_;
    definition.keys = {{"p", "S", true}, {"s", "S", false}};
    definition.indexes = {{.name = "index", .keys = {{"ip", "S", true}, {"is", "S", false}}}};
    ASSERT_TRUE(dynamodb_->create_table(definition));
    ASSERT_TRUE(dynamodb_->wait_until_active(table_, std::chrono::seconds(30)));
  }
  void TearDown() override {
    if (dynamodb_) (void)dynamodb_->delete_table(table_);
  }

  /// Empty where DynamoDB takes the item, else what it says.
  std::string put(const std::string& item) {
    const auto result = dynamodb_->put_item(table_, item);
    return result ? "" : result.error().to_string();
  }
  static std::string item_with(const std::string& attribute) { return R"({"p":{"S":"p"},"s":{"S":"s"},"x":)" + attribute + "}"; }

  /// Fills the item with `value` up to 400 KB as we count, which must be taken, and one byte more, which must not.
  void try_size(const std::string& value) {
    const auto start = item::parse_item(item_with(value).insert(1, R"("fill":{"S":""},)"));
    ASSERT_TRUE(start) << value;
    const std::size_t room = item::item_size_limit - item::size_of(*start);
    for (const std::size_t extra : {std::size_t{0}, std::size_t{1}}) {
      const std::string text = item_with(value).insert(1, R"("fill":{"S":")" + std::string(room + extra, 'x') + R"("},)");
      ASSERT_EQ(item::size_of(*item::parse_item(text)), item::item_size_limit + extra);
      const std::string refusal = put(text);
      if (extra == 0)
        EXPECT_EQ(refusal, "") << value;
      else
        EXPECT_NE(refusal.find("Item size has exceeded"), std::string::npos) << value << ": " << refusal;
    }
  }

  std::unique_ptr<aws::DynamoDb> dynamodb_;
  std::string table_;
};

TEST_F(ItemLimitsDbTest, SizesOfAllKindsOfValues) {
  for (const char* value : {R"({"S":""})",
                            R"({"S":"é€😀\n"})",
                            R"({"B":""})",
                            R"({"B":"Zm9v"})",
                            R"({"BOOL":true})",
                            R"({"NULL":true})",
                            R"({"L":[]})",
                            R"({"L":[{"S":"a"},{"N":"1"}]})",
                            R"({"M":{}})",
                            R"({"M":{"a":{"S":"b"},"cd":{"N":"1"},"é":{"NULL":true}}})",
                            R"({"SS":["a","bc",""]})",
                            R"({"NS":["1","-2","3.5"]})",
                            R"({"BS":["Zg==","Zm8=",""]})",
                            R"({"L":[{"L":[{"L":[]}]},{"M":{"a":{"L":[{"M":{}}]}}}]})",
                            R"({"N":"0"})",
                            R"({"N":"-1"})",
                            R"({"N":"123"})",
                            R"({"N":"0.001"})",
                            R"({"N":"-0.05"})",
                            R"({"N":"99990000.0001"})",
                            R"({"N":"1E125"})",
                            R"({"N":"1E-130"})",
                            R"({"N":"1.23E-130"})",
                            R"({"N":"-9.9999999999999999999999999999999999999E125"})",
                            R"({"N":"1234567890123456789012345678901234567800"})"})
    try_size(value);
}

TEST_F(ItemLimitsDbTest, SizesOfRandomNumbers) {
  std::mt19937 random(3);
  for (int round = 0; round < 30; ++round) {
    std::string number = random() % 2 == 0 ? "-" : "";
    number += static_cast<char>('1' + random() % 9);
    for (std::size_t more = random() % 37; more > 0; --more) number += random() % 3 == 0 ? '0' : static_cast<char>('0' + random() % 10);
    number += "E" + std::to_string(static_cast<int>(random() % 180) - 100);
    Buffer out;
    if (!item::append_decimal_text(number, out).written()) continue;
    try_size("{\"N\":\"" + std::string(out.view()) + "\"}");
  }
}

TEST_F(ItemLimitsDbTest, NumbersFitWhereWeSaySo) {
  for (const char* number : {"1E125", "9.9999999999999999999999999999999999999E125", "1E126", "1E-130", "1.23E-130", "9E-131", "1E-131",
                             "-1E126", "12345678901234567890123456789012345678", "123456789012345678901234567890123456789",
                             "1234567890123456789012345678901234567800", "1.00000000000000000000000000000000000001"}) {
    Buffer out;
    const bool fits = item::append_decimal_text(number, out).written();
    // Refused ones are sent as they are; those that fit as we write them, and must come back as the same number.
    const std::string text = item_with("{\"N\":\"" + (fits ? std::string(out.view()) : number) + "\"}");
    const std::string refusal = put(text);
    EXPECT_EQ(refusal.empty(), fits) << number << ": " << refusal;
    if (!fits) continue;
    const auto back = dynamodb_->get_item(table_, R"({"p":{"S":"p"},"s":{"S":"s"}})");
    ASSERT_TRUE(back && *back);
    EXPECT_TRUE(item::equal(*item::item_from_json(**back), *item::parse_item(text))) << number;
  }
}

TEST_F(ItemLimitsDbTest, NestingIsAsDeepAsWeSay) {
  for (const auto& [open, close] : {std::pair<std::string, std::string>{"{\"L\":[", "]}"}, {"{\"M\":{\"a\":", "}}"}})
    for (const int levels : {item::nesting_depth_limit - 1, item::nesting_depth_limit, item::nesting_depth_limit + 1})
      for (const char* inner : {R"({"S":"deep"})", R"({"L":[]})", R"({"M":{}})"}) {
        std::string value;
        for (int level = 0; level < levels; ++level) value += open;
        value += inner;
        for (int level = 0; level < levels; ++level) value += close;
        const std::string refusal = put(item_with(value));
        EXPECT_EQ(refusal.empty(), item::parse_item(item_with(value)).has_value())
            << levels << " of " << open << " around " << inner << ": " << refusal;
      }
}

TEST_F(ItemLimitsDbTest, KeysAreAsLongAsWeSay) {
  const auto item = [](std::size_t partition, std::size_t sort, std::size_t index_partition, std::size_t index_sort) {
    const auto text = [](std::size_t size) { return "{\"S\":\"" + std::string(size, 'k') + "\"}"; };
    return "{\"p\":" + text(partition) + ",\"s\":" + text(sort) + ",\"ip\":" + text(index_partition) + ",\"is\":" + text(index_sort) + "}";
  };
  constexpr std::size_t partition = item::partition_key_length_limit;
  constexpr std::size_t sort = item::sort_key_length_limit;
  EXPECT_EQ(put(item(partition, sort, partition, sort)), "");
  EXPECT_NE(put(item(partition + 1, sort, partition, sort)), "");
  EXPECT_NE(put(item(partition, sort + 1, partition, sort)), "");
  EXPECT_NE(put(item(partition, sort, partition + 1, sort)), "");
  EXPECT_NE(put(item(partition, sort, partition, sort + 1)), "");
  EXPECT_NE(put(item(0, 1, 1, 1)), "");
  EXPECT_NE(put(item(1, 0, 1, 1)), "");
  EXPECT_NE(put(item(1, 1, 0, 1)), "");
}

TEST_F(ItemLimitsDbTest, WhatCannotBeWrittenAtAll) {
  for (const char* value :
       {R"({"SS":[]})", R"({"SS":["a","a"]})", R"({"NS":["1","1.0"]})", R"({"BS":["Zg==","Zg=="]})", R"({"N":""})", R"({"N":"one"})"}) {
    EXPECT_FALSE(item::parse_item(item_with(value))) << value;
    EXPECT_NE(put(item_with(value)), "") << value;
  }
  EXPECT_NE(put(item_with(R"({"M":{"":{"S":"a"}}})")), "");
}

}  // namespace
}  // namespace itemize::sink
