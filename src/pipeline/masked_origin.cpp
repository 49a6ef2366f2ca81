#include "pipeline/masked_origin.h"

#include <algorithm>
#include <vector>

#include "base/json.h"
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
      if (std::ranges::any_of(type.sensitive, [&](const model::Text& sensitive) { return sensitive.value == column; })) text = {std::string("***")};
  }
  return json::to_text(*value);
}

bool key_is_sensitive(const model::BoundModel& model, std::size_t item_type) {
  for (const model::BoundTable& table : model.tables)
    for (const model::BoundItem& item : table.items)
      if (item.index == item_type)
        return std::ranges::any_of(item.attributes, [](const model::BoundAttribute& attribute) { return attribute.table_key && attribute.sensitive; });
  return true;
}

}  // namespace itemize::pipeline
