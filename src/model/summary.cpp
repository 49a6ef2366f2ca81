#include "model/summary.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "expr/syntax.h"
#include "model/document.h"

namespace itemize::model {
namespace {

constexpr std::int64_t version = 1;

/// Members of an item type whose meaning the bound item tells, or that do not change its items. All others are compared as written.
const std::set<std::string, std::less<>> known_members = {"table",     "from",        "key",      "index_keys",   "where",
                                                          "columns",   "except",      "naming",   "rename",       "set",
                                                          "sensitive", "new_columns", "identity", "column_types", "nulls"};

/// The column's name as the table has it: exactly, else without case where that is unique (as expressions find it).
std::string column_named(const row::Table& table, const std::string& name) {
  if (table.column(name)) return name;
  std::string found;
  for (const row::Column& column : table.columns) {
    if (!same_without_case(column.name, name)) continue;
    if (!found.empty()) return name;
    found = column.name;
  }
  return found.empty() ? name : found;
}

/// Takes the places out of a parse tree, and spells columns as the table does.
void canonicalise(json::Value& value, const row::Table& table) {
  if (auto* object = std::get_if<json::Object>(&value.content)) {
    std::erase_if(*object, [](const json::Member& member) {
      return member.first == "location" || member.first == "list_start" || member.first == "list_end";
    });
    for (json::Member& member : *object) {
      canonicalise(member.second, table);
      if (member.first != "ColumnRef") continue;
      auto* reference = std::get_if<json::Object>(&member.second.content);
      if (reference == nullptr || reference->empty()) continue;
      auto* fields = std::get_if<json::Array>(&reference->front().second.content);
      if (fields == nullptr || fields->size() != 1) continue;
      const json::Value* text = fields->front().find("String");
      if (text != nullptr) fields->front() = {column_named(table, text->text("sval", text->text("str")))};
    }
  } else if (auto* array = std::get_if<json::Array>(&value.content)) {
    for (json::Value& element : *array) canonicalise(element, table);
  }
}

std::string meaning_of(const std::string& expression, const row::Table& table) {
  auto syntax = expr::parse_expression(expression);
  if (!syntax) return expression;  // a column's name with spaces and all
  canonicalise(syntax->tree, table);
  return json::to_text(syntax->tree);
}

/// As written, and a number of what it means.
json::Value text_and_meaning(std::string text, const std::string& meaning) {
  return {json::Object{{"text", {std::move(text)}}, {"meaning", {std::to_string(hash64(meaning))}}}};
}

json::Value value_of(const BoundAttribute& attribute, const BoundRows& rows) {
  std::string text;
  std::string meaning;
  if (attribute.program) {
    const auto& pieces = attribute.program->pieces();
    for (const expr::Piece& piece : pieces) {
      text += piece.is_expression ? "{" + piece.source + "}" : piece.literal;
      if (!piece.is_expression)
        meaning += json::to_text({piece.literal});
      else if (piece.slot && *piece.slot < rows.columns.size())
        meaning += "{" + rows.columns[*piece.slot] + "}";
      else
        meaning += "{" + meaning_of(piece.source, *rows.table) + "}";
    }
  } else if (!attribute.constant.empty()) {
    text = meaning = attribute.constant;
  } else if (!attribute.from_column.empty()) {
    text = "{" + attribute.from_column + "}";
    meaning = "column " + attribute.from_column;
  } else if (attribute.nested) {
    // How it is written is compared as such (lookup, embed); here, what a table's columns make of it.
    const BoundRows& related = attribute.nested->rows != nullptr ? *attribute.nested->rows : rows;
    for (const BoundAttribute& inner : attribute.nested->attributes)
      meaning += json::to_text({inner.name}) + value_of(inner, related).text("meaning");
  } else {
    text = "{" + attribute.related_column + "}";
    meaning = "related " + attribute.related_column;
  }
  const bool is_key = attribute.table_key || attribute.index_key;
  const bool writes_nulls = attribute.nulls_write && !is_key && attribute.constant.empty();
  for (const int part : {static_cast<int>(attribute.write_as), static_cast<int>(attribute.otherwise), static_cast<int>(writes_nulls),
                         is_key ? static_cast<int>(attribute.key_type) : 0})
    meaning += " " + std::to_string(part);
  return text_and_meaning(std::move(text), meaning);
}

std::string canonical_text(const Node& node) {
  switch (node.kind) {
    case NodeKind::null:
      return "null";
    case NodeKind::scalar:
      return json::to_text({node.text}) + (scalar_kind(node) == ScalarKind::text ? "" : "!");
    case NodeKind::sequence: {
      std::string text = "[";
      for (const Node* element : node.elements) text += canonical_text(*element) + ",";
      return text + "]";
    }
    case NodeKind::map:
      break;
  }
  std::map<std::string, std::string> members;
  for (const Node::Entry& entry : node.entries) members[entry.key->text] = canonical_text(*entry.value);
  std::string text = "{";
  for (const auto& [name, value] : members) text += json::to_text({name}) + ":" + value + ",";
  return text + "}";
}

const Node* member(const Node* map, std::string_view name) {
  if (map == nullptr || map->kind != NodeKind::map) return nullptr;
  for (const Node::Entry& entry : map->entries)
    if (entry.key->text == name) return entry.value;
  return nullptr;
}

json::Value item_summary(const BoundModel& model, const BoundRows& rows, const BoundItem& item, const Node* written) {
  const DynamoTable& table = model.model->tables[item.table_index];
  std::string key;
  for (const KeyAttribute* attribute : table.key())
    key += (key.empty() ? "" : ", ") + attribute->name + " " + static_cast<char>(attribute->type);
  json::Object attributes;
  json::Object key_attributes;
  for (const BoundAttribute& attribute : item.attributes)
    (attribute.table_key ? key_attributes : attributes).push_back({attribute.name, value_of(attribute, rows)});
  json::Object others;
  if (written != nullptr && written->kind == NodeKind::map)
    for (const Node::Entry& entry : written->entries)
      if (!known_members.contains(entry.key->text))
        others.push_back({entry.key->text, {std::to_string(hash64(canonical_text(*entry.value)))}});
  if (item.item->identity_row) others.push_back({"identity", {std::string("row")}});
  if (item.item->script && !item.item->script->files.empty()) others.push_back({"the script's file", {std::to_string(hash64(item.item->script->files))}});
  if (item.skip_expired) others.push_back({"expired_rows", {std::string("skip")}});
  json::Object summary{{"table", {table.name}},
                       {"key", {key}},
                       {"from", {model.model->sources[item.source].name + " " + (item.item->from.schemas.empty() ? item.from->schema : "LIKE " + item.item->from.schemas) + "." + item.from->name}},
                       {"key_attributes", {std::move(key_attributes)}},
                       {"attributes", {std::move(attributes)}},
                       {"others", {std::move(others)}}};
  if (item.where) summary.push_back({"where", text_and_meaning(item.item->where->value, meaning_of(item.item->where->value, *item.from))});
  return {std::move(summary)};
}

/// Members of an object by name.
std::map<std::string, const json::Value*> members_of(const json::Value* object) {
  std::map<std::string, const json::Value*> members;
  if (object != nullptr && object->object() != nullptr)
    for (const json::Member& each : *object->object()) members.emplace(each.first, &each.second);
  return members;
}

std::string meaning(const json::Value* value) {
  return value == nullptr ? "" : value->string() != nullptr ? *value->string() : value->text("meaning");
}
std::string text(const json::Value* value) { return value == nullptr ? "" : value->text("text"); }

/// Differences between the members of two objects, in the order of their names.
void compare_members(const json::Value* before, const json::Value* after, Difference::Of added, Difference::Of removed,
                     Difference::Of changed, std::vector<Difference>& found) {
  const auto old_ones = members_of(before);
  const auto new_ones = members_of(after);
  std::set<std::string> names;
  for (const auto& [name, value] : old_ones) names.insert(name);
  for (const auto& [name, value] : new_ones) names.insert(name);
  for (const std::string& name : names) {
    const auto old_one = old_ones.find(name);
    const auto new_one = new_ones.find(name);
    const json::Value* was = old_one == old_ones.end() ? nullptr : old_one->second;
    const json::Value* is = new_one == new_ones.end() ? nullptr : new_one->second;
    if (was != nullptr && is != nullptr && meaning(was) == meaning(is)) continue;
    found.push_back({was == nullptr ? added : is == nullptr ? removed : changed, name, text(was), text(is)});
  }
}

}  // namespace

json::Value summary_of(const BoundModel& model) {
  std::vector<Finding> ignored;
  const auto document = Document::parse(model.model->text, ignored);
  const Node* items = document != nullptr ? member(document->root(), "items") : nullptr;
  json::Array names;
  for (const ItemType& type : model.model->items) names.push_back({type.name});
  json::Object summaries;
  for (const BoundTable& table : model.tables)
    for (const BoundItem& item : table.items) {
      const bool there = std::ranges::any_of(summaries, [&](const json::Member& each) { return each.first == item.item->name; });
      if (!there) summaries.push_back({item.item->name, item_summary(model, table, item, member(items, item.item->name))});
    }
  return {json::Object{
      {"version", {json::Number{std::to_string(version)}}}, {"item_types", {std::move(names)}}, {"items", {std::move(summaries)}}}};
}

std::vector<Difference> differences(const json::Value& before, const json::Value& after) {
  using Of = Difference::Of;
  std::vector<Difference> found;
  const auto compare_texts = [&](const char* name, Of of) {
    if (before.text(name) != after.text(name)) found.push_back({of, name, before.text(name), after.text(name)});
  };
  compare_texts("table", Of::table);
  compare_texts("key", Of::key);
  compare_members(before.find("key_attributes"), after.find("key_attributes"), Of::key, Of::key, Of::key, found);
  compare_texts("from", Of::from);
  if (meaning(before.find("where")) != meaning(after.find("where")))
    found.push_back({Of::where, "where", text(before.find("where")), text(after.find("where"))});
  compare_members(before.find("attributes"), after.find("attributes"), Of::attribute_added, Of::attribute_removed, Of::attribute_changed,
                  found);
  compare_members(before.find("others"), after.find("others"), Of::other, Of::other, Of::other, found);
  return found;
}

}  // namespace itemize::model
