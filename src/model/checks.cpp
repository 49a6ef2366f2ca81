#include <algorithm>
#include <map>
#include <set>

#include "model/parts.h"

namespace itemize::model {

namespace {

using Values = std::vector<std::pair<Text, Value>>;

void check_table_key(Reader& reader, const std::string& path, const Values& key, const DynamoTable& table) {
  if (table.partition_key.name.empty() || key.empty()) return;  // reported already
  std::vector<std::string> names;
  for (const KeyAttribute* attribute : table.key()) names.push_back(attribute->name);
  std::size_t unknown = 0;
  for (const auto& [attribute, value] : key) {
    if (std::ranges::find(names, attribute.value) != names.end()) continue;
    ++unknown;
    reader.findings.error(attribute.place, path + ".key." + attribute.value, quote(attribute.value) + " is not a key attribute of the table " + quote(table.model_name),
                          did_you_mean_or(attribute.value, names, "its key: " + list_words(names)));
  }
  for (const KeyAttribute* attribute : table.key()) {
    const bool given = std::ranges::any_of(key, [&](const auto& entry) { return entry.first.value == attribute->name; });
    // An unknown attribute may be this one, misspelt: that has been said.
    if (given || (unknown > 0 && key.size() >= table.key().size())) continue;
    const bool sort = attribute != &table.partition_key;
    reader.findings.error(key.front().first.place, path + ".key",
                          "the " + std::string(sort ? "sort key " : "partition key ") + quote(attribute->name) + " of the table " +
                              quote(table.model_name) + " is missing",
                          "every item has all key attributes of its table; a constant will do: " + attribute->name + ": PROFILE");
  }
}

void check_index_keys(Reader& reader, const std::string& path, const ItemType& item, const DynamoTable& table) {
  std::map<std::string, const std::string*> written;  // attribute -> the index that wrote it first
  for (const auto& [name, values] : item.index_keys) {
    const std::string here = path + ".index_keys." + name.value;
    std::vector<std::string> index_names;
    const Index* index = nullptr;
    for (const Index& candidate : table.indexes) {
      index_names.push_back(candidate.name);
      if (candidate.name == name.value) index = &candidate;
    }
    if (index == nullptr) {
      reader.findings.error(name.place, here, "the table " + quote(table.model_name) + " has no index " + quote(name.value),
                            did_you_mean_or(name.value, index_names, index_names.empty() ? "it has none" : "it has " + list_words(index_names)));
      continue;
    }
    if (index->partition_key.empty() && !index->local) continue;  // reported already
    std::vector<std::string> attributes;
    for (const auto* list : {&index->partition_key, &index->sort_key})
      for (const KeyAttribute& attribute : *list) attributes.push_back(attribute.name);
    for (const auto& [attribute, value] : values) {
      const bool table_key = std::ranges::any_of(table.key(), [&](const KeyAttribute* key) { return key->name == attribute.value; });
      if (std::ranges::find(attributes, attribute.value) == attributes.end()) {
        reader.findings.error(attribute.place, here + "." + attribute.value, quote(attribute.value) + " is not a key attribute of the index " + quote(name.value),
                              did_you_mean_or(attribute.value, attributes, "its key: " + list_words(attributes)));
      } else if (table_key) {
        reader.findings.error(attribute.place, here + "." + attribute.value, quote(attribute.value) + " is the table's own key attribute: key writes it already",
                              "leave it out here");
      } else if (const auto [other, is_new] = written.emplace(attribute.value, &name.value); !is_new) {
        reader.findings.error(attribute.place, here + "." + attribute.value, quote(attribute.value) + " is already written for the index " + quote(*other->second),
                              "an item has one value for it: write it under one of the two");
      }
    }
  }
}

/// A set attribute may not be a key attribute: the two would say what one attribute holds.
void check_set(Reader& reader, const std::string& path, const ItemType& item) {
  std::set<std::string_view> keys;
  for (const auto& [attribute, value] : item.key) keys.insert(attribute.value);
  for (const auto& [name, values] : item.index_keys)
    for (const auto& [attribute, value] : values) keys.insert(attribute.value);
  for (const auto& [attribute, value] : item.set)
    if (keys.contains(attribute.value))
      reader.findings.error(attribute.place, path + ".set." + attribute.value, quote(attribute.value) + " is written by key or index_keys already", "leave one of them out");
}

/// The number of a copy is text behind the last key attribute.
void check_numbers(Reader& reader, const std::string& path, const ItemType& item, const DynamoTable& table) {
  if (item.duplicates != Duplicates::number || table.key().empty()) return;
  const KeyAttribute& last = *table.key().back();
  if (last.type == KeyType::S) return;
  const bool sort = &last != &table.partition_key;
  reader.findings.error(item.duplicates_place, path + ".duplicates",
                        "a copy's number is written behind the " + std::string(sort ? "sort key " : "partition key ") + quote(last.name) + ", which must be a string (S) then, not " +
                            std::string(1, static_cast<char>(last.type)),
                        "declare it as S under tables." + table.model_name + ", or write duplicates: keep_one");
}

void check_source(Reader& reader, const std::string& path, const ItemType& item, const Model& model) {
  std::vector<std::string> names;
  for (const SourceSpec& source : model.sources) names.push_back(source.name);
  if (item.from.source.empty()) {
    if (model.sources.size() > 1)
      reader.findings.error(item.from.place, path + ".from", "the model has several sources: which one?", "write from: { source: " + names[0] + ", table: ... }");
  } else if (std::ranges::find(names, item.from.source) == names.end() && model.sources.size() == 1 && names[0] == "source") {
    reader.findings.error(item.from.place, path + ".from.source", "the model's one source has no name", "leave source out here, or write sources: { NAME: { url: ... } }");
  } else if (std::ranges::find(names, item.from.source) == names.end()) {
    reader.findings.error(item.from.place, path + ".from.source", "there is no source " + quote(item.from.source),
                          did_you_mean_or(item.from.source, names, "there is " + list_words(names)));
  }
}

/// What lookups and embeds have to agree on with the item type that they stand in.
void check_relations(Reader& reader, const std::string& path, const Shaping& shaping, const ItemType& item) {
  std::set<std::string_view> names;
  for (const auto* relations : {&shaping.lookups, &shaping.embeds})
    for (const Relation& relation : *relations) {
      const std::string here = path + (relation.embed ? ".embed." : ".lookup.") + relation.name;
      if (!names.insert(relation.name).second)
        reader.findings.error(relation.place, here, "a lookup and an embed have the name " + quote(relation.name),
                              "an attribute has one value: rename one of the two");
      if (!relation.from.source.empty() && relation.from.source != item.from.source)
        reader.findings.error(relation.from.place, here + ".from.source",
                              quote(relation.from.source) + " is another source than that of the item type" +
                                  (item.from.source.empty() ? "" : ", " + quote(item.from.source)),
                              "rows of two sources cannot be joined: each has its own snapshot");
      check_relations(reader, here, relation, item);
    }
}

}  // namespace

void check_references(Reader& reader, const Model& model) {
  std::vector<std::string> names;
  std::set<std::string_view> used;
  for (const DynamoTable& table : model.tables) names.push_back(table.model_name);
  for (const ItemType& item : model.items) {
    const std::string path = "items." + item.name;
    if (!item.from.table.empty()) check_source(reader, path, item, model);
    check_set(reader, path, item);
    check_relations(reader, path, item, item);
    if (item.table_place.line == 0) continue;
    const DynamoTable* table = model.table(item.table);
    if (table == nullptr) {
      reader.findings.error(item.table_place, path + ".table", "there is no table " + quote(item.table) + " under tables",
                            did_you_mean_or(item.table, names, names.empty() ? "" : "there is " + list_words(names)));
      continue;
    }
    used.insert(table->model_name);
    check_table_key(reader, path, item.key, *table);
    check_numbers(reader, path, item, *table);
    for (const Relation& embed : item.embeds)
      check_table_key(reader, path + ".embed." + embed.name + ".on_overflow.spill", embed.spill_key, *table);
    check_index_keys(reader, path, item, *table);
  }
  if (reader.findings.has_error()) return;
  for (const DynamoTable& table : model.tables)
    if (!used.contains(table.model_name))
      reader.findings.warning(table.place, "tables." + table.model_name, "no item type writes to this table", "it will be created empty; leave it out if that is not meant");
}

}  // namespace itemize::model
