#include "item/dynamodb_json.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/decimal.h"
#include "item/limits.h"
#include "item/number.h"
#include "item/string_text.h"

namespace itemize::item {
namespace {

template <class... Handlers>
struct Overload : Handlers... {
  using Handlers::operator()...;
};

std::optional<std::string> from_base64(std::string_view text) {
  static constexpr auto values = [] {
    std::array<signed char, 256> table{};
    table.fill(-1);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t index = 0; index < alphabet.size(); ++index)
      table[static_cast<unsigned char>(alphabet[index])] = static_cast<signed char>(index);
    return table;
  }();
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool last = at + 4 == text.size();
    const int padding = last ? (text[at + 3] == '=' ? (text[at + 2] == '=' ? 2 : 1) : 0) : 0;
    std::uint32_t four = 0;
    for (std::size_t index = 0; index < 4; ++index) {
      const int value = index + static_cast<std::size_t>(padding) >= 4 ? 0 : values[static_cast<unsigned char>(text[at + index])];
      if (value < 0) return std::nullopt;
      four = four << 6 | static_cast<std::uint32_t>(value);
    }
    bytes += static_cast<char>(four >> 16);
    if (padding < 2) bytes += static_cast<char>(four >> 8);
    if (padding < 1) bytes += static_cast<char>(four);
  }
  return bytes;
}

Result<AttributeValue> attribute_from(const json::Value& value, int depth);

Result<std::string> text_of(const json::Value& value, const char* type) {
  if (value.string() == nullptr) return fail(ErrorCode::invalid_input, std::string(type) + " needs a string");
  return *value.string();
}

Result<std::string> number_of(const json::Value& value) {
  const std::string text = TRY(text_of(value, "N"));
  const std::optional<Decimal> number = parse_decimal(text);
  if (!number || number->kind != Decimal::Kind::finite)
    return fail(ErrorCode::invalid_input, "'" + text.substr(0, 60) + "' is not a number");
  std::string plain = canonical_text(*number);
  if (check_number(plain).fit != NumberFit::fits)
    return fail(ErrorCode::invalid_input, "the number is too long or out of DynamoDB's range");
  return plain;
}

Result<std::string> binary_of(const json::Value& value) {
  std::optional<std::string> bytes = from_base64(TRY(text_of(value, "B")));
  if (!bytes) return fail(ErrorCode::invalid_input, "B is not base64");
  return *std::move(bytes);
}

template <class Element>
Result<std::vector<std::string>> set_of(const json::Value& value, Element element) {
  if (value.array() == nullptr || value.array()->empty())
    return fail(ErrorCode::invalid_input, "a set needs a list of at least one element");
  std::vector<std::string> elements;
  for (const json::Value& each : *value.array()) elements.push_back(TRY(element(each)));
  std::vector<std::string> sorted = elements;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) return fail(ErrorCode::invalid_input, "a set has the same element twice");
  return elements;
}

Result<AttributeValue> list_from(const json::Value& value, int depth) {
  if (value.array() == nullptr) return fail(ErrorCode::invalid_input, "L needs a list");
  ListValue list;
  for (const json::Value& each : *value.array()) list.elements.push_back(TRY(attribute_from(each, depth + 1)));
  return AttributeValue{std::move(list)};
}

Result<std::map<std::string, AttributeValue>> entries_from(const json::Value& value, int depth) {
  if (value.object() == nullptr) return fail(ErrorCode::invalid_input, "an object of attributes is needed");
  std::map<std::string, AttributeValue> entries;
  for (const auto& [name, each] : *value.object()) {
    const bool fresh = entries.emplace(name, TRY_WITH("attribute '" + name + "'", attribute_from(each, depth))).second;
    if (!fresh) return fail(ErrorCode::invalid_input, "attribute '" + name + "' is there twice");
  }
  return entries;
}

Result<AttributeValue> attribute_from(const json::Value& value, int depth) {
  if (value.object() == nullptr || value.object()->size() != 1)
    return fail(ErrorCode::invalid_input, "a value is an object with one type, like {\"S\":\"text\"}");
  const auto& [type, content] = value.object()->front();
  if (depth >= nesting_depth_limit && (type == "L" || type == "M")) return fail(ErrorCode::invalid_input, "nested deeper than 32 levels");
  const auto text = [](const json::Value& each) { return text_of(each, "SS"); };
  if (type == "S") return AttributeValue{StringValue{TRY(text_of(content, "S"))}};
  if (type == "N") return AttributeValue{NumberValue{TRY(number_of(content))}};
  if (type == "B") return AttributeValue{BinaryValue{TRY(binary_of(content))}};
  if (type == "BOOL" && content.boolean() != nullptr) return AttributeValue{BooleanValue{*content.boolean()}};
  if (type == "NULL" && content.boolean() != nullptr && *content.boolean()) return AttributeValue{NullValue{}};
  if (type == "L") return list_from(content, depth);
  if (type == "M") return AttributeValue{MapValue{TRY(entries_from(content, depth + 1))}};
  if (type == "SS") return AttributeValue{StringSet{TRY(set_of(content, text))}};
  if (type == "NS") return AttributeValue{NumberSet{TRY(set_of(content, number_of))}};
  if (type == "BS") return AttributeValue{BinarySet{TRY(set_of(content, binary_of))}};
  return fail(ErrorCode::invalid_input, "'" + type + "' is not a type of DynamoDB's, or its value is not of that type");
}

std::string base64(std::string_view bytes) {
  Buffer out;
  append_base64(out, bytes);
  return std::string(out.view());
}

json::Value to_value(const AttributeValue& value);

json::Value text_list(std::vector<std::string> elements) {
  std::ranges::sort(elements);
  json::Array array;
  for (std::string& element : elements) array.push_back({std::move(element)});
  return {std::move(array)};
}

json::Value to_value(const std::map<std::string, AttributeValue>& entries) {
  json::Object object;
  for (const auto& [name, value] : entries) object.emplace_back(name, to_value(value));
  return {std::move(object)};
}

json::Value to_value(const AttributeValue& value) {
  const auto typed = [](const char* type, json::Value content) { return json::Value{json::Object{{type, std::move(content)}}}; };
  return std::visit(Overload{
                        [&](const StringValue& each) { return typed("S", {each.value}); },
                        [&](const NumberValue& each) { return typed("N", {each.value}); },
                        [&](const BinaryValue& each) { return typed("B", {base64(each.value)}); },
                        [&](const BooleanValue& each) { return typed("BOOL", {each.value}); },
                        [&](const NullValue&) { return typed("NULL", {true}); },
                        [&](const ListValue& each) {
                          json::Array array;
                          for (const AttributeValue& element : each.elements) array.push_back(to_value(element));
                          return typed("L", {std::move(array)});
                        },
                        [&](const MapValue& each) { return typed("M", to_value(each.entries)); },
                        [&](const StringSet& each) { return typed("SS", text_list(each.elements)); },
                        [&](const NumberSet& each) { return typed("NS", text_list(each.elements)); },
                        [&](const BinarySet& each) {
                          std::vector<std::string> elements;
                          for (const std::string& element : each.elements) elements.push_back(base64(element));
                          return typed("BS", text_list(std::move(elements)));
                        },
                    },
                    value.value);
}

/// Two texts of N, by value: parse_item canonicalises, but values may also be made by hand.
bool same_number(const std::string& left, const std::string& right) {
  const std::optional<Decimal> a = parse_decimal(left);
  const std::optional<Decimal> b = parse_decimal(right);
  return a && b ? compare(*a, *b) == 0 : left == right;
}

bool same_set(std::vector<std::string> left, std::vector<std::string> right) {
  std::ranges::sort(left);
  std::ranges::sort(right);
  return left == right;
}

std::vector<std::string> canonical(std::vector<std::string> numbers) {
  for (std::string& number : numbers)
    if (const std::optional<Decimal> value = parse_decimal(number)) number = canonical_text(*value);
  return numbers;
}

std::uint64_t number_size(const std::string& text) {
  const std::optional<Decimal> number = parse_decimal(text);
  return number ? check_number(canonical_text(*number)).size : text.size();
}

}  // namespace

Result<Item> item_from_json(const json::Value& value) { return entries_from(value, 0); }

Result<Item> parse_item(std::string_view text) { return item_from_json(TRY(json::parse(text))); }

std::string to_json(const Item& item) { return json::to_text(to_value(item)); }

bool equal(const AttributeValue& left, const AttributeValue& right) {
  if (left.value.index() != right.value.index()) return false;
  return std::visit(
      Overload{
          [&](const StringValue& each) { return each.value == std::get<StringValue>(right.value).value; },
          [&](const NumberValue& each) { return same_number(each.value, std::get<NumberValue>(right.value).value); },
          [&](const BinaryValue& each) { return each.value == std::get<BinaryValue>(right.value).value; },
          [&](const BooleanValue& each) { return each.value == std::get<BooleanValue>(right.value).value; },
          [&](const NullValue&) { return true; },
          [&](const ListValue& each) {
            return std::ranges::equal(each.elements, std::get<ListValue>(right.value).elements,
                                      [](const AttributeValue& a, const AttributeValue& b) { return equal(a, b); });
          },
          [&](const MapValue& each) { return equal(each.entries, std::get<MapValue>(right.value).entries); },
          [&](const StringSet& each) { return same_set(each.elements, std::get<StringSet>(right.value).elements); },
          [&](const NumberSet& each) { return same_set(canonical(each.elements), canonical(std::get<NumberSet>(right.value).elements)); },
          [&](const BinarySet& each) { return same_set(each.elements, std::get<BinarySet>(right.value).elements); },
      },
      left.value);
}

bool equal(const Item& left, const Item& right) {
  return std::ranges::equal(left, right, [](const auto& a, const auto& b) { return a.first == b.first && equal(a.second, b.second); });
}

std::uint64_t size_of(const AttributeValue& value) {
  const auto sum = [](const std::vector<std::string>& elements) {
    std::uint64_t size = 0;
    for (const std::string& element : elements) size += element.size();
    return size;
  };
  return std::visit(Overload{
                        [](const StringValue& each) -> std::uint64_t { return each.value.size(); },
                        [](const NumberValue& each) -> std::uint64_t { return number_size(each.value); },
                        [](const BinaryValue& each) -> std::uint64_t { return each.value.size(); },
                        [](const BooleanValue&) -> std::uint64_t { return 1; },
                        [](const NullValue&) -> std::uint64_t { return 1; },
                        [](const ListValue& each) -> std::uint64_t {
                          std::uint64_t size = 3;
                          for (const AttributeValue& element : each.elements) size += 1 + size_of(element);
                          return size;
                        },
                        [](const MapValue& each) -> std::uint64_t { return 3 + each.entries.size() + size_of(each.entries); },
                        [&](const StringSet& each) { return sum(each.elements); },
                        [](const NumberSet& each) -> std::uint64_t {
                          std::uint64_t size = 0;
                          for (const std::string& element : each.elements) size += number_size(element);
                          return size;
                        },
                        [&](const BinarySet& each) { return sum(each.elements); },
                    },
                    value.value);
}

std::uint64_t size_of(const Item& item) {
  std::uint64_t size = 0;
  for (const auto& [name, value] : item) size += name.size() + size_of(value);
  return size;
}

}  // namespace itemize::item
