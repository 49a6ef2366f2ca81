// DynamoDB JSON, read and written as values: {"PK":{"S":"CUSTOMER#1"},"total":{"N":"12.5"}}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "item/attribute_value.h"

namespace itemize::item {

/// An attribute map. Errors (invalid_input) say which attribute is wrong: unknown type, a number that is none, bad base64,
/// an empty set, an attribute named twice.
Result<Item> parse_item(std::string_view text);
Result<Item> item_from_json(const json::Value& value);
/// Attributes in the order of their names; the same item always gives the same text.
std::string to_json(const Item& item);

/// As DynamoDB compares: numbers by value, sets as sets.
bool equal(const AttributeValue& left, const AttributeValue& right);
bool equal(const Item& left, const Item& right);

/// Bytes as DynamoDB counts them against the 400 KB limit and for capacity units (developer guide, "DynamoDB item sizes and formats").
std::uint64_t size_of(const AttributeValue& value);
std::uint64_t size_of(const Item& item);

}  // namespace itemize::item
