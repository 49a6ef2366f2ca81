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

std::string name_of(const model::BoundModel& bound, std::size_t source, const row::Table& table) { return bound.model->sources[source].name + " " + table.schema + "." + table.name; }

/// The tables that rows are read from, with all that is joined to them.
void add_tables(const model::BoundModel& bound, const model::BoundRows& rows, std::map<std::string, const row::Table*>& tables) {
  tables.emplace(name_of(bound, rows.source, *rows.table), rows.table);
  for (const model::BoundRelation& relation : rows.relations) add_tables(bound, *relation.child, tables);
}

/// True where an attribute, or one within it, is there because every column of `table` is taken.
bool takes_every_column(const std::vector<model::BoundAttribute>& attributes, const row::Table& table) {
  return std::ranges::any_of(attributes, [&table](const model::BoundAttribute& attribute) {
    return (attribute.every_of != nullptr && attribute.every_of->is(table.schema, table.name)) || (attribute.nested && takes_every_column(attribute.nested->attributes, table));
  });
}

/// Columns that were not there, in the words of a message, and their removal; by what `is_new` says of an attribute.
template <class IsNew>
void find_new(const std::vector<model::BoundAttribute>& attributes, const IsNew& is_new, std::set<std::string>& names) {
  for (const model::BoundAttribute& attribute : attributes) {
    if (attribute.nested) find_new(attribute.nested->attributes, is_new, names);
    if (is_new(attribute)) names.insert(attribute.every_of != nullptr ? attribute.every_of->display_name() + "." + attribute.every_column : attribute.from_column);
  }
}
template <class IsNew>
void erase_new(std::vector<model::BoundAttribute>& attributes, const IsNew& is_new) {
  for (model::BoundAttribute& attribute : attributes)
    if (attribute.nested) erase_new(attribute.nested->attributes, is_new);
  std::erase_if(attributes, is_new);
}

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
  std::map<std::string, const row::Table*> all;
  for (const model::BoundTable& table : bound.tables) add_tables(bound, table, all);
  json::Object tables;
  for (const auto& [name, table] : all) {
    const auto before = known.find(name);
    const bool ignores = before != known.end() && std::ranges::any_of(bound.tables, [&, table = table, name = name](const model::BoundTable& read) {
      if (!name.starts_with(bound.model->sources[read.source].name + " ")) return false;
      return std::ranges::any_of(read.items, [&](const model::BoundItem& item) {
        return item.item->new_columns == model::NewColumns::ignore && ((read.table->is(table->schema, table->name) && item.item->all_columns) || takes_every_column(item.attributes, *table));
      });
    });
    json::Array columns;
    for (const row::Column& column : table->columns)
      if (!ignores || before->second.contains(column.name)) columns.push_back({column.name});
    tables.emplace_back(name, json::Value{std::move(columns)});
  }
  return json::to_text({std::move(tables)});
}

Result<void> apply_known_columns(model::BoundModel& bound, journal::Journal& journal) {
  const Known known = TRY(known_columns(journal));
  for (model::BoundTable& table : bound.tables) {
    for (model::BoundItem& item : table.items) {
      if (item.item->new_columns == model::NewColumns::include) continue;
      const auto is_new = [&](const model::BoundAttribute& attribute) {
        const bool own = attribute.every_of == nullptr;
        if (attribute.program || attribute.table_key || attribute.index_key || (own && (!item.item->all_columns || attribute.from_column.empty()))) return false;
        const auto before = known.find(name_of(bound, table.source, own ? *table.table : *attribute.every_of));
        return before != known.end() && !before->second.contains(own ? attribute.from_column : attribute.every_column);
      };
      std::set<std::string> found;
      find_new(item.attributes, is_new, found);
      const std::vector<std::string> names(found.begin(), found.end());
      if (names.empty()) continue;
      if (item.item->new_columns == model::NewColumns::stop) {
        const bool related = std::ranges::any_of(names, [&](const std::string& name) { return !table.table->column(name); });
        return fail(ErrorCode::conflict, "table " + table.table->display_name() + (related ? " or one joined to it" : "") + " has " + (names.size() == 1 ? "a new column, " : "new columns, ") + model::list_words(names) + ", since this migration last ran",
                    "say under items." + item.item->name + ": new_columns: include or ignore, or name " + (names.size() == 1 ? "it" : "them") + " under except");
      }
      const std::string expires = item.ttl_attribute ? item.attributes[*item.ttl_attribute].name : "";
      erase_new(item.attributes, is_new);
      if (item.ttl_attribute) {
        const auto there = std::ranges::find(item.attributes, expires, &model::BoundAttribute::name);
        if (there == item.attributes.end()) item.ttl_attribute.reset();
        else item.ttl_attribute = static_cast<std::size_t>(there - item.attributes.begin());
      }
    }
  }
  return {};
}

}  // namespace itemize::pipeline
