#include "item/dynamodb_json.h"

#include <gtest/gtest.h>

#include <string>

#include "item/limits.h"

namespace itemize::item {
namespace {

std::string error_of(std::string_view text) {
  const Result<Item> item = parse_item(text);
  return item ? "no error" : item.error().to_string();
}

std::uint64_t size(std::string_view value) {
  const Result<Item> item = parse_item("{\"x\":" + std::string(value) + "}");
  return item ? size_of(*item) - 1 : 999'999;
}

/// `value` within `levels` lists or maps.
std::string nested(int levels, const std::string& open, const std::string& close, const std::string& value) {
  std::string text;
  for (int level = 0; level < levels; ++level) text += open;
  text += value;
  for (int level = 0; level < levels; ++level) text += close;
  return "{\"x\":" + text + "}";
}

// Every type of DynamoDB's, as DynamoDB writes it; names sorted, sets sorted.
constexpr std::string_view every_type =
    R"({"b":{"B":"Zm9v"},"bs":{"BS":["AA==","Zg=="]},"flag":{"BOOL":false},"l":{"L":[{"S":"a"},{"L":[]},{"NULL":true}]},)"
    R"("m":{"M":{"k":{"N":"1"},"é":{"M":{}}}},"n":{"N":"-12.5"},"none":{"NULL":true},"ns":{"NS":["1","2.5"]},"s":{"S":"text \"quoted\""},"ss":{"SS":["","a"]}})";

TEST(DynamoDbJson, WritesWhatItReads) {
  const Result<Item> item = parse_item(every_type);
  ASSERT_TRUE(item) << item.error().to_string();
  EXPECT_EQ(to_json(*item), every_type);
}

TEST(DynamoDbJson, NumbersBecomeCanonical) {
  const Result<Item> item = parse_item(R"({"x":{"N":"1.50e2"},"y":{"NS":["1.0","2"]}})");
  ASSERT_TRUE(item);
  EXPECT_EQ(to_json(*item), R"({"x":{"N":"150"},"y":{"NS":["1","2"]}})");
}

TEST(DynamoDbJson, ComparesByValue) {
  const auto same = [](std::string_view a, std::string_view b) {
    return equal(*parse_item("{\"x\":" + std::string(a) + "}"), *parse_item("{\"x\":" + std::string(b) + "}"));
  };
  EXPECT_TRUE(same(R"({"N":"1.0"})", R"({"N":"1"})"));
  EXPECT_TRUE(same(R"({"NS":["1.0","2"]})", R"({"NS":["2","1"]})"));
  EXPECT_TRUE(same(R"({"SS":["a","b"]})", R"({"SS":["b","a"]})"));
  EXPECT_TRUE(same(R"({"M":{"a":{"S":"1"},"b":{"S":"2"}}})", R"({"M":{"b":{"S":"2"},"a":{"S":"1"}}})"));
  EXPECT_FALSE(same(R"({"L":[{"S":"a"},{"S":"b"}]})", R"({"L":[{"S":"b"},{"S":"a"}]})"));
  EXPECT_FALSE(same(R"({"S":"1"})", R"({"N":"1"})"));
  EXPECT_FALSE(same(R"({"SS":["a"]})", R"({"SS":["a","b"]})"));
  EXPECT_FALSE(same(R"({"BOOL":true})", R"({"BOOL":false})"));
  AttributeValue by_hand{NumberValue{"10"}};
  EXPECT_TRUE(equal(by_hand, AttributeValue{NumberValue{"1e1"}}));
  EXPECT_FALSE(equal(*parse_item("{}"), *parse_item(R"({"x":{"S":""}})")));
}

TEST(DynamoDbJson, SaysWhatIsWrong) {
  EXPECT_EQ(error_of("[]"), "an object of attributes is needed");
  EXPECT_EQ(error_of(R"({"a":"b"})"), "attribute 'a': a value is an object with one type, like {\"S\":\"text\"}");
  EXPECT_EQ(error_of(R"({"a":{"S":"b","N":"1"}})"), "attribute 'a': a value is an object with one type, like {\"S\":\"text\"}");
  EXPECT_EQ(error_of(R"({"a":{"X":"b"}})"), "attribute 'a': 'X' is not a type of DynamoDB's, or its value is not of that type");
  EXPECT_EQ(error_of(R"({"a":{"S":1}})"), "attribute 'a': S needs a string");
  EXPECT_EQ(error_of(R"({"a":{"N":1}})"), "attribute 'a': N needs a string");
  EXPECT_EQ(error_of(R"({"a":{"N":"one"}})"), "attribute 'a': 'one' is not a number");
  EXPECT_EQ(error_of(R"({"a":{"N":"1E126"}})"), "attribute 'a': the number is too long or out of DynamoDB's range");
  EXPECT_EQ(error_of(R"({"a":{"N":"NaN"}})"), "attribute 'a': 'NaN' is not a number");
  EXPECT_EQ(error_of(R"({"a":{"B":"Zg="}})"), "attribute 'a': B is not base64");
  EXPECT_EQ(error_of(R"({"a":{"B":"Z==="}})"), "attribute 'a': B is not base64");
  EXPECT_EQ(error_of(R"({"a":{"B":"Zg==Zg=="}})"), "attribute 'a': B is not base64");
  EXPECT_EQ(error_of(R"({"a":{"BOOL":"true"}})"), "attribute 'a': 'BOOL' is not a type of DynamoDB's, or its value is not of that type");
  EXPECT_EQ(error_of(R"({"a":{"NULL":false}})"), "attribute 'a': 'NULL' is not a type of DynamoDB's, or its value is not of that type");
  EXPECT_EQ(error_of(R"({"a":{"SS":[]}})"), "attribute 'a': a set needs a list of at least one element");
  EXPECT_EQ(error_of(R"({"a":{"SS":["x","x"]}})"), "attribute 'a': a set has the same element twice");
  EXPECT_EQ(error_of(R"({"a":{"NS":["1","1.0"]}})"), "attribute 'a': a set has the same element twice");
  EXPECT_EQ(error_of(R"({"a":{"BS":["Zg==","Zg=="]}})"), "attribute 'a': a set has the same element twice");
  EXPECT_EQ(error_of(R"({"a":{"L":{}}})"), "attribute 'a': L needs a list");
  EXPECT_EQ(error_of(R"({"a":{"M":[]}})"), "attribute 'a': an object of attributes is needed");
  EXPECT_EQ(error_of(R"({"a":{"M":{"b":{"Q":1}}}})"),
            "attribute 'a': attribute 'b': 'Q' is not a type of DynamoDB's, or its value is not of that type");
  EXPECT_EQ(error_of(R"({"a":{"S":"x"},"a":{"S":"y"}})"), "attribute 'a' is there twice");
  EXPECT_EQ(error_of(R"({"a":)").substr(0, 9), "not JSON:");
}

TEST(DynamoDbJson, NestingStopsWhereDynamoDbDoes) {
  for (const auto& [open, close] : {std::pair<std::string, std::string>{"{\"L\":[", "]}"}, {"{\"M\":{\"a\":", "}}"}}) {
    EXPECT_TRUE(parse_item(nested(nesting_depth_limit, open, close, R"({"S":"deep"})")));
    EXPECT_FALSE(parse_item(nested(nesting_depth_limit + 1, open, close, R"({"S":"deep"})")));
    EXPECT_TRUE(parse_item(nested(nesting_depth_limit - 1, open, close, R"({"L":[]})")));
    EXPECT_FALSE(parse_item(nested(nesting_depth_limit, open, close, R"({"L":[]})")));
    EXPECT_FALSE(parse_item(nested(nesting_depth_limit, open, close, R"({"M":{}})")));
  }
}

// Sizes of one value without its name; DynamoDB Local's (see sink/live/item_size_dbtest.cpp).
TEST(DynamoDbJson, CountsSizesAsDynamoDbDoes) {
  EXPECT_EQ(size(R"({"S":""})"), 0U);
  EXPECT_EQ(size(R"({"S":"é"})"), 2U);
  EXPECT_EQ(size(R"({"N":"-0.001"})"), 3U);
  EXPECT_EQ(size(R"({"N":"1.5"})"), 3U);
  EXPECT_EQ(size(R"({"B":"Zm9v"})"), 3U);
  EXPECT_EQ(size(R"({"BOOL":true})"), 1U);
  EXPECT_EQ(size(R"({"NULL":true})"), 1U);
  EXPECT_EQ(size(R"({"L":[]})"), 3U);
  EXPECT_EQ(size(R"({"L":[{"S":"a"},{"N":"1"}]})"), 8U);
  EXPECT_EQ(size(R"({"M":{}})"), 3U);
  EXPECT_EQ(size(R"({"M":{"a":{"S":"b"},"cd":{"N":"1"}}})"), 11U);
  EXPECT_EQ(size(R"({"SS":["a","bc",""]})"), 3U);
  EXPECT_EQ(size(R"({"NS":["1","-2","3.5"]})"), 8U);
  EXPECT_EQ(size(R"({"BS":["Zg==","Zm8="]})"), 3U);
  EXPECT_EQ(size(R"({"L":[{"L":[{"L":[]}]}]})"), 11U);
}

}  // namespace
}  // namespace itemize::item
