#include "pipeline/known_columns.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "model/findings.h"

namespace itemize::pipeline {
namespace {

/// By source and table: the columns at the time.
using Known = std::map<std::string, std::set<std::string>>;

std::string name_of(const model::BoundModel& bound, const model::BoundTable& table) { return bound.model->sources[table.source].name + " " + table.table->schema + "." + table.table->name; }

/// Each table as the last run that read it saw it.
Result<Known> known_columns(journal::Journal& journal) {
  Known known;
  for (const journal::Run& run : TRY(journal.runs())) {
    const auto text = TRY(journal.get(run.id, columns_value));
    if (!text) continue;
    const Result<json::Value> tables = json::parse(*text);
    if (!tables || tables->object() == nullptr) continue;
    for (const auto& [table, columns] : *tables->object()) {
      std::set<std::string>& names = known[table];
      names.clear();
      if (columns.array() == nullptr) continue;
      for (const json::Value& column : *columns.array())
        if (column.string() != nullptr) names.insert(*column.string());
    }
  }
  return known;
}

}  // namespace

Result<std::string> columns_text(const model::BoundModel& bound, journal::Journal& journal) {
  const Known known = TRY(known_columns(journal));
  json::Object tables;
  for (const model::BoundTable& table : bound.tables) {
    const auto before = known.find(name_of(bound, table));
    const bool ignores = before != known.end() && std::ranges::any_of(table.items, [](const model::BoundItem& item) {
      return item.item->all_columns && item.item->new_columns == model::NewColumns::ignore;
    });
    json::Array columns;
    for (const row::Column& column : table.table->columns)
      if (!ignores || before->second.contains(column.name)) columns.push_back({column.name});
    tables.emplace_back(name_of(bound, table), json::Value{std::move(columns)});
  }
  return json::to_text({std::move(tables)});
}

Result<void> apply_known_columns(model::BoundModel& bound, journal::Journal& journal) {
  const Known known = TRY(known_columns(journal));
  for (model::BoundTable& table : bound.tables) {
    const auto before = known.find(name_of(bound, table));
    if (before == known.end()) continue;
    for (model::BoundItem& item : table.items) {
      if (!item.item->all_columns || item.item->new_columns == model::NewColumns::include) continue;
      const auto is_new = [&](const model::BoundAttribute& attribute) {
        return !attribute.from_column.empty() && !attribute.program && !attribute.table_key && !attribute.index_key && !before->second.contains(attribute.from_column);
      };
      std::vector<std::string> names;
      for (const model::BoundAttribute& attribute : item.attributes)
        if (is_new(attribute)) names.push_back(attribute.from_column);
      if (names.empty()) continue;
      if (item.item->new_columns == model::NewColumns::stop) {
        return fail(ErrorCode::conflict, "table " + table.table->display_name() + " has " + (names.size() == 1 ? "a new column, " : "new columns, ") + model::list_words(names) + ", since this migration last ran",
                    "say under items." + item.item->name + ": new_columns: include or ignore, or name " + (names.size() == 1 ? "it" : "them") + " under except");
      }
      const std::string expires = item.ttl_attribute ? item.attributes[*item.ttl_attribute].name : "";
      std::erase_if(item.attributes, is_new);
      if (item.ttl_attribute) {
        const auto found = std::ranges::find(item.attributes, expires, &model::BoundAttribute::name);
        if (found == item.attributes.end()) item.ttl_attribute.reset();
        else item.ttl_attribute = static_cast<std::size_t>(found - item.attributes.begin());
      }
    }
  }
  return {};
}

}  // namespace itemize::pipeline
