// Values, whatever comes: JSON documents against a slow conversion of the parsed tree, numbers against base's decimals, strings
// against the JSON writer. What is written must be an item that counts what was said.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "base/decimal.h"
#include "base/json.h"
#include "item/dynamodb_json.h"
#include "item/number_text.h"
#include "transform/value_writer.h"

namespace item = itemize::item;
namespace json = itemize::json;
using itemize::Buffer;
using itemize::row::Cell;
using itemize::row::CellKind;
using itemize::transform::ValueOutput;
using itemize::transform::Written;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

item::AttributeValue converted(const json::Value& value) {
  if (value.string() != nullptr) return {item::StringValue{*value.string()}};
  if (value.number() != nullptr) return {item::NumberValue{value.number()->text}};
  if (value.boolean() != nullptr) return {item::BooleanValue{*value.boolean()}};
  if (value.array() != nullptr) {
    item::ListValue list;
    for (const json::Value& element : *value.array()) list.elements.push_back(converted(element));
    return {std::move(list)};
  }
  if (value.object() == nullptr) return {item::NullValue{}};
  item::MapValue map;
  for (const auto& [name, member] : *value.object()) require(map.entries.emplace(name, converted(member)).second);
  return {std::move(map)};
}

/// The value that was written, checked for its size.
item::AttributeValue read_back(const ValueOutput& output) {
  auto item = item::parse_item("{\"x\":" + std::string(output.out.view()) + "}");
  require(item.has_value());
  require(item::size_of(*item) - 1 == output.size);
  return std::move(item->begin()->second);
}

void try_document(std::string_view text) {
  Buffer out;
  ValueOutput output{out, 0, {}};
  const Written written = itemize::transform::write_document(text, 0, output);
  const auto tree = json::parse(text);
  if (written == Written::value) {
    require(tree.has_value());
    require(item::equal(read_back(output), converted(*tree)));
  } else {
    require(written == Written::refused && !output.rejection.sentence.empty());
    require(tree.has_value() == (output.rejection.reason != item::Reason::invalid_json) || !tree.has_value());
  }
}

void try_number(const item::NumberText& number, const Buffer& out, const std::optional<itemize::Decimal>& expected) {
  require(number.written() == !out.empty());
  if (!number.written()) return;
  require(expected && expected->kind == itemize::Decimal::Kind::finite);
  require(out.view() == itemize::canonical_text(*expected));
  const item::NumberCheck check = item::check_number(out.view());
  require(check.fit == item::NumberFit::fits && check.size == number.check.size);
}

void try_string(std::string_view text) {
  Buffer out;
  ValueOutput output{out, 0, {}};
  if (itemize::transform::write_value(Cell::text(text), {}, 0, output) != Written::value) return;
  require(std::get<item::StringValue>(read_back(output).value).value == text);
}

void try_set(std::string_view text, itemize::model::WriteAs as) {
  Buffer out;
  ValueOutput output{out, 0, {}};
  if (itemize::transform::write_value_as(Cell::view_of(CellKind::json, text), {}, as, output) == Written::value) read_back(output);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Buffer out;
  switch (data[0] % 6) {
    case 0:
      try_document(text);
      break;
    case 1:
      try_number(item::append_wire(text, out), out, itemize::decimal_from_wire(text));
      break;
    case 2:
      try_number(item::append_decimal_text(text, out), out, itemize::parse_decimal(text));
      break;
    case 3:
      try_string(text);
      break;
    case 4:
      try_set(text, itemize::model::WriteAs::SS);
      break;
    default:
      try_set(text, itemize::model::WriteAs::NS);
      break;
  }
  return 0;
}
