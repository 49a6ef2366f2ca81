#include "pipeline/masked_origin.h"

#include <algorithm>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "item/dynamodb_json.h"
#include "transform/transformer.h"

namespace itemize::pipeline {

std::string masked_origin(const model::BoundItem& item, const model::BoundTable& table, std::span<const row::Cell> row) {
  std::vector<row::Cell> cells(row.begin(), row.end());
  for (const std::size_t slot : item.identity_slots)
    if (table.sensitive[slot] && !cells[slot].is_null()) cells[slot] = row::Cell::text("***");
  Buffer origin;
  transform::append_origin(item, table, cells, origin);
  return std::string(origin.view());
}

std::string masked_origin(const model::ItemType& type, std::string_view origin) {
  if (type.sensitive.empty()) return std::string(origin);
  Result<json::Value> value = json::parse(origin);
  auto* object = value ? std::get_if<json::Object>(&value->content) : nullptr;
  if (object == nullptr) return "{}";
  for (auto& [name, member] : *object) {
    auto* key = std::get_if<json::Object>(&member.content);
    if (name != "key" || key == nullptr) continue;
    for (auto& [column, text] : *key)
      if (std::ranges::any_of(type.sensitive, [&](const model::Text& sensitive) { return sensitive.value == column; }))
        text = {std::string("***")};
  }
  return json::to_text(*value);
}

namespace {

/// Of a text in a rejects file: enough to see what it is.
constexpr std::size_t most_shown = 16 * 1024;

void cut(item::StringValue& text) {
  if (text.value.size() <= most_shown) return;
  text.value = std::string(start_of(text.value, most_shown)) + "... (" + std::to_string(text.value.size()) + " bytes)";
}

}  // namespace

std::string masked_item(const model::BoundItem& bound, const item::Item& item) {
  item::Item masked = item;
  for (const model::BoundAttribute& attribute : bound.attributes) {
    const auto found = attribute.sensitive ? masked.find(attribute.name) : masked.end();
    if (found != masked.end()) found->second = {item::StringValue{"***"}};
  }
  return item::to_json(masked);
}

std::string masked_item(const model::BoundModel& model, std::size_t item_type, std::string_view text) {
  const model::BoundItem* bound = model.item(item_type);
  auto item = item::parse_item(text);
  if (bound == nullptr || !item) return {};
  for (auto& [name, value] : *item)
    if (auto* string = std::get_if<item::StringValue>(&value.value)) cut(*string);
  return masked_item(*bound, *item);
}

bool key_is_sensitive(const model::BoundModel& model, std::size_t item_type) {
  const model::BoundItem* bound = model.item(item_type);
  if (bound == nullptr) return true;
  return std::ranges::any_of(bound->attributes,
                             [](const model::BoundAttribute& attribute) { return attribute.table_key && attribute.sensitive; });
}

}  // namespace itemize::pipeline
