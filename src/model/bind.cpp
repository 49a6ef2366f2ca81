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
  std::unique_ptr<DraftRows> rows;
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

/// Two rows, or a row's elements and chunks, never make one key: each key of the type holds what tells them apart, and no two meet.
void prove_keys(DraftItem& draft, const std::vector<std::vector<KeyPart>>& keys, const row::Table& table) {
  BoundItem& bound = draft.bound;
  if (bound.item->identity_row) {
    bound.key_doubt = "the rows have no identity of their own (identity: row)";
    return;
  }
  bound.key_proven_unique = true;
  for (std::size_t index = 0; index < keys.size() && bound.key_proven_unique; ++index) {
    const std::string which = index == 0 ? "" : "the key of spilled items: ";
    Proof proof = prove_unique(keys[index], table);
    if (proof.proven && draft.element && !holds_number(keys[index], *draft.element))
      proof = {false, "the key does not surely tell the elements of for_each apart"};
    if (proof.proven && index > 0 && !holds_number(keys[index], *draft.chunk))
      proof = {false, "it does not surely tell the chunks of a row apart"};
    for (std::size_t other = 0; proof.proven && other < index; ++other)
      if (keys_may_meet(keys[other], keys[index])) proof = {false, "it could meet another key of the item type"};
    bound.key_proven_unique = proof.proven;
    if (!proof.proven) bound.key_doubt = which + proof.doubt;
  }
  if (!bound.key_proven_unique && !bound.item->identity.empty() && holds_columns(keys[0], table, draft.identity))
    bound.key_doubt = "the key holds the columns of identity, but nothing in the database says that they are unique";
}

/// Gives out slots to the columns that any of the items needs, in the table's order, and compiles everything for them.
BoundTable finish_table(const Model& model, DraftTable& draft, const SensitiveColumns& sensitive) {
  BoundTable bound;
  static_cast<BoundRows&>(bound) = lay_out(*draft.rows, 0, sensitive);
  for (DraftItem& item : draft.items) {
    for (DraftAttribute& attribute : item.list.attributes) item.bound.attributes.push_back(finish(attribute, bound));
    const ItemType& spec = model.items[item.bound.index];
    if (item.bound.where) item.bound.where = *expr::compile_expression(spec.where->value, item.scope->laid_out());
    if (item.bound.for_each) item.bound.for_each = *expr::compile_template(spec.for_each->array.value, item.rows->laid_out());
    for (const DraftRelation* way : item.ways) item.bound.ways.push_back(way->child.base + way->child.width);
    for (const std::size_t column : item.identity) item.bound.identity_slots.push_back(draft.rows->slots[column]);
    bound.items.push_back(std::move(item.bound));
  }
  return bound;
}

/// What a pair of item types of one DynamoDB table needs for may_meet.
struct KeyedItem {
  const DraftItem* draft;
  const DraftTable* table;
  std::vector<std::vector<KeyPart>> keys;
};

/// Two item types that read disjoint rows of one table under one proven template cannot meet: equal keys would be one row.
bool rows_disjoint(const KeyedItem& a, const KeyedItem& b) {
  if (a.table != b.table || !a.draft->bound.key_proven_unique || a.keys.size() > 1 || b.keys.size() > 1 ||
      !same_templates(a.keys[0], b.keys[0]))
    return false;
  // Lookups and elements of one name may be different things in the two.
  if (a.draft->where_reads_relations || b.draft->where_reads_relations || keys_read_relations(*a.draft) || keys_read_relations(*b.draft))
    return false;
  const auto& left = a.draft->bound.item->where;
  const auto& right = b.draft->bound.item->where;
  return left && right && exclude_each_other(left->value, right->value, *a.table->rows->table);
}

bool any_keys_meet(const KeyedItem& a, const KeyedItem& b) {
  return std::ranges::any_of(a.keys, [&](const std::vector<KeyPart>& left) {
    return std::ranges::any_of(b.keys, [&](const std::vector<KeyPart>& right) { return keys_may_meet(left, right); });
  });
}

std::vector<std::pair<std::size_t, std::size_t>> find_meetings(const std::vector<KeyedItem>& items) {
  std::vector<std::pair<std::size_t, std::size_t>> meetings;
  for (std::size_t second = 1; second < items.size(); ++second)
    for (std::size_t first = 0; first < second; ++first) {
      const KeyedItem& a = items[first];
      const KeyedItem& b = items[second];
      if (a.draft->bound.table_index != b.draft->bound.table_index) continue;
      if (any_keys_meet(a, b) && !rows_disjoint(a, b)) meetings.emplace_back(std::minmax(a.draft->bound.index, b.draft->bound.index));
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
      for (const DraftAttribute& attribute : item.list.attributes) written[item.bound.table_index].insert(attribute.bound.name);
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
  SensitiveColumns sensitive;
  std::vector<std::unique_ptr<RowScope>> scopes;
  for (std::size_t index = 0; index < model.items.size(); ++index) {
    if (!selected[index]) continue;
    const ItemType& item = model.items[index];
    const std::size_t source = source_index(model, item.from);
    const row::Table* from = resolve_table(findings, "items." + item.name, item.from, model.sources[source], catalogs.at(source));
    if (from == nullptr) continue;
    auto found =
        std::ranges::find_if(tables, [&](const DraftTable& table) { return table.rows->source == source && table.rows->table == from; });
    if (found == tables.end()) {
      found = tables.insert(tables.end(), DraftTable{std::make_unique<DraftRows>(), {}});
      found->rows->source = source;
      found->rows->table = from;
    }
    BindState state{findings, model, catalogs.at(source), model.sources[source], sensitive, scopes};
    found->items.push_back(bind_item(state, index, source, *found->rows));
  }
  std::vector<KeyedItem> keyed;
  for (DraftTable& table : tables)
    for (DraftItem& item : table.items) {
      std::vector<std::vector<KeyPart>> keys = keys_of(item, model.tables[item.bound.table_index]);
      if (keys.empty()) continue;
      prove_keys(item, keys, *table.rows->table);
      keyed.push_back({&item, &table, std::move(keys)});
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
  for (DraftTable& table : tables) bound.tables.push_back(finish_table(model, table, sensitive));
  return result;
}

}  // namespace itemize::model
