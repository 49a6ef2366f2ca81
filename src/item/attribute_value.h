// AttributeValue and Item: DynamoDB's own value model. Used where items are looked at (preview, explain, verify, tests);
// the hot path writes DynamoDB JSON text directly and never builds these.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace itemize::item {

struct AttributeValue;

struct StringValue { std::string value; };                        ///< S
struct NumberValue { std::string value; };                        ///< N, as decimal text
struct BinaryValue { std::string value; };                        ///< B, raw bytes
struct BooleanValue { bool value = false; };                      ///< BOOL
struct NullValue {};                                              ///< NULL
struct ListValue { std::vector<AttributeValue> elements; };       ///< L
struct MapValue { std::map<std::string, AttributeValue> entries; };  ///< M
struct StringSet { std::vector<std::string> elements; };          ///< SS
struct NumberSet { std::vector<std::string> elements; };          ///< NS
struct BinarySet { std::vector<std::string> elements; };          ///< BS

/// One of DynamoDB's ten types (API reference, AttributeValue).
struct AttributeValue {
  std::variant<StringValue, NumberValue, BinaryValue, BooleanValue, NullValue, ListValue, MapValue, StringSet, NumberSet, BinarySet> value;
};

using Item = std::map<std::string, AttributeValue>;

}  // namespace itemize::item
