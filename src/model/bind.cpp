#include "model/bind.h"

#include <algorithm>
#include <map>
#include <set>

#include "model/bind_item.h"
#include "model/findings.h"
#include "model/key_proof.h"
#include "model/policies.h"
#include "model/resolve.h"

namespace itemize::model {

namespace {

struct DraftTable {
  std::size_t source = 0;
  const row::Table* table = nullptr;
  std::vector<DraftItem> items;
};

std::size_t source_index(const Model& model, const From& from) {
  for (std::size_t index = 0; index < model.sources.size(); ++index)
    if (model.sources[index].name == from.source) return index;
  return 0;
}

/// The item types wanted, by index; names that are none get a finding.
std::vector<bool> select_items(Findings& findings, const Model& model, const std::vector<std::string>& only) {
  std::vector<bool> selected(model.items.size(), only.empty());
  std::vector<std::string> names;
  for (const ItemType& item : model.items) names.push_back(item.name);
  for (const std::string& name : only) {
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) selected[static_cast<std::size_t>(found - names.begin())] = true;
    else findings.error({}, "items", "there is no item type " + quote(name), did_you_mean_or(name, names, "there is " + list_words(names)));
  }
  return selected;
}

/// The table's key as the proofs see it; empty where a part has mistakes.
std::vector<KeyPart> key_of(const DraftItem& draft, const DynamoTable& table) {
  std::vector<KeyPart> parts;
  for (const KeyAttribute* attribute : table.key())
    for (const DraftAttribute& candidate : draft.attributes)
      if (candidate.bound.table_key && candidate.bound.name == attribute->name) parts.push_back({attribute->name, candidate.pieces, attribute->type == KeyType::S});
  if (parts.size() != table.key().size()) parts.clear();
  return parts;
}

void prove_key(DraftItem& draft, const std::vector<KeyPart>& key, const row::Table& table) {
  BoundItem& bound = draft.bound;
  if (bound.item->identity_row) {
    bound.key_doubt = "the rows have no identity of their own (identity: row)";
    return;
  }
  const Proof proof = prove_unique(key, table);
  bound.key_proven_unique = proof.proven;
  bound.key_doubt = proof.doubt;
  if (!proof.proven && !bound.item->identity.empty() && holds_columns(key, table, draft.identity))
    bound.key_doubt = "the key holds the columns of identity, but nothing in the database says that they are unique";
}

/// Gives out slots to the columns that any of the items needs, in the table's order, and compiles everything for them.
BoundTable finish_table(const Model& model, DraftTable& draft) {
  BoundTable bound;
  bound.source = draft.source;
  bound.table = draft.table;
  std::set<std::size_t> needed, sensitive;
  for (const DraftItem& item : draft.items) {
    needed.insert(item.columns.begin(), item.columns.end());
    sensitive.insert(item.sensitive.begin(), item.sensitive.end());
  }
  std::vector<std::size_t> slots(draft.table->columns.size(), 0);
  for (const std::size_t column : needed) {
    slots[column] = bound.columns.size();
    bound.columns.push_back(draft.table->columns[column].name);
    bound.types.push_back(draft.table->columns[column].type);
    bound.sensitive.push_back(sensitive.contains(column));
  }
  const expr::Scope scope = scope_of(*draft.table, slots);
  for (DraftItem& item : draft.items) {
    for (DraftAttribute& attribute : item.attributes) {
      if (attribute.text != nullptr) attribute.bound.program = *expr::compile_template(attribute.text->value, scope);
      else if (attribute.bound.constant.empty()) attribute.bound.slot = slots[attribute.bound.slot];
      item.bound.attributes.push_back(std::move(attribute.bound));
    }
    if (item.bound.where) item.bound.where = *expr::compile_expression(model.items[item.bound.index].where->value, scope);
    for (const std::size_t column : item.identity) item.bound.identity_slots.push_back(slots[column]);
    bound.items.push_back(std::move(item.bound));
  }
  return bound;
}

/// What a pair of item types of one DynamoDB table needs for may_meet.
struct KeyedItem {
  const DraftItem* draft;
  const DraftTable* table;
  std::vector<KeyPart> key;
};

/// Two item types that read disjoint rows of one table under one proven template cannot meet: equal keys would be one row.
bool rows_disjoint(const KeyedItem& a, const KeyedItem& b) {
  if (a.table != b.table || !a.draft->bound.key_proven_unique || !same_templates(a.key, b.key)) return false;
  const auto& left = a.draft->bound.item->where;
  const auto& right = b.draft->bound.item->where;
  return left && right && exclude_each_other(left->value, right->value, *a.table->table);
}

std::vector<std::pair<std::size_t, std::size_t>> find_meetings(const std::vector<KeyedItem>& items) {
  std::vector<std::pair<std::size_t, std::size_t>> meetings;
  for (std::size_t second = 1; second < items.size(); ++second)
    for (std::size_t first = 0; first < second; ++first) {
      const KeyedItem& a = items[first];
      const KeyedItem& b = items[second];
      if (a.draft->bound.table_index != b.draft->bound.table_index) continue;
      if (keys_may_meet(a.key, b.key) && !rows_disjoint(a, b)) meetings.emplace_back(std::minmax(a.draft->bound.index, b.draft->bound.index));
    }
  std::ranges::sort(meetings);
  return meetings;
}

/// Warnings about tables as a whole: an index key or time-to-live attribute that nothing writes.
void check_unwritten(Findings& findings, const Model& model, const std::vector<DraftTable>& tables) {
  std::vector<std::set<std::string>> written(model.tables.size());
  std::vector<bool> used(model.tables.size(), false);
  for (const DraftTable& table : tables)
    for (const DraftItem& item : table.items) {
      used[item.bound.table_index] = true;
      for (const DraftAttribute& attribute : item.attributes) written[item.bound.table_index].insert(attribute.bound.name);
    }
  for (std::size_t index = 0; index < model.tables.size(); ++index) {
    const DynamoTable& table = model.tables[index];
    const std::string path = "tables." + table.model_name;
    if (!used[index]) continue;
    for (const Index& secondary : table.indexes)
      for (const auto* list : {&secondary.partition_key, &secondary.sort_key})
        for (const KeyAttribute& attribute : *list)
          if (!written[index].contains(attribute.name))
            findings.warning(attribute.place, path, "no item type writes " + quote(attribute.name) + ": the index " + quote(secondary.name) + " will be empty",
                             "write it under index_keys: { " + secondary.name + ": { " + attribute.name + ": ... } } of an item type");
    if (table.time_to_live && !written[index].contains(table.time_to_live->attribute))
      findings.warning(table.time_to_live->place, path, "no item type writes the time_to_live attribute " + quote(table.time_to_live->attribute),
                       "write it under set: " + table.time_to_live->attribute + ": \"{epoch(...)}\"");
  }
}

void check_type_policies(Findings& findings, const Model& model, const std::vector<row::Catalog>& catalogs) {
  for (const auto& [name, policy] : model.types) {
    std::set<std::string> known;
    bool fits = false;
    const Policies one = {{name, policy}};
    for (const row::Catalog& catalog : catalogs)
      for (const row::Table& table : catalog.tables)
        for (const row::Column& column : table.columns) {
          fits = fits || policy_for(one, column.type) != nullptr;
          known.insert(column.type.name);
        }
    const std::vector<std::string> names(known.begin(), known.end());
    if (!fits) findings.warning(name.place, "types", "no column of the source has the type " + quote(name.value), did_you_mean(name.value, names));
  }
}

}  // namespace

BindResult bind_model(const Model& model, const std::vector<row::Catalog>& catalogs, const std::vector<std::string>& only) {
  Findings findings;
  const std::vector<bool> selected = select_items(findings, model, only);
  std::vector<DraftTable> tables;
  for (std::size_t index = 0; index < model.items.size(); ++index) {
    if (!selected[index]) continue;
    const ItemType& item = model.items[index];
    const std::size_t source = source_index(model, item.from);
    const row::Table* from = resolve_table(findings, "items." + item.name, item.from, model.sources[source], catalogs.at(source));
    if (from == nullptr) continue;
    auto found = std::ranges::find_if(tables, [&](const DraftTable& table) { return table.source == source && table.table == from; });
    if (found == tables.end()) found = tables.insert(tables.end(), DraftTable{source, from, {}});
    found->items.push_back(bind_item(findings, model, index, *from));
  }
  std::vector<KeyedItem> keyed;
  for (DraftTable& table : tables)
    for (DraftItem& item : table.items) {
      std::vector<KeyPart> key = key_of(item, model.tables[item.bound.table_index]);
      if (key.empty()) continue;
      prove_key(item, key, *table.table);
      keyed.push_back({&item, &table, std::move(key)});
    }
  const bool failed = findings.has_error();
  if (!failed && only.empty()) {
    check_unwritten(findings, model, tables);
    check_type_policies(findings, model, catalogs);
  }
  BindResult result;
  result.findings = findings.take();
  if (failed) return result;
  BoundModel& bound = result.bound.emplace();
  bound.model = &model;
  bound.may_meet = find_meetings(keyed);
  for (DraftTable& table : tables) bound.tables.push_back(finish_table(model, table));
  return result;
}

}  // namespace itemize::model
