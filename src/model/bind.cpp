#include "model/bind.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "model/bind_item.h"
#include "model/findings.h"
#include "model/key_proof.h"
#include "model/policies.h"
#include "model/resolve.h"
#include "model/schemas.h"

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
    if (bound.item->duplicates == Duplicates::number) bound.key_doubt += "; copies are counted and get numbers";
    return;
  }
  if (draft.script_makes_keys()) {
    bound.key_doubt = "its items are made by a script (keys that it leaves alone are provable: keeps_key: true)";
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
    if (item.bound.where) item.bound.where = *expr::compile_expression(item.where_text, item.scope->laid_out());
    if (item.bound.for_each) item.bound.for_each = *expr::compile_template(spec.for_each->array.value, item.rows->laid_out());
    for (const DraftRelation* way : item.ways) item.bound.ways.push_back(way->child.base + way->child.width);
    for (const std::size_t column : item.identity) item.bound.identity_slots.push_back(draft.rows->slots[column]);
    for (const std::size_t column : item.script_columns) item.bound.script_columns.emplace_back(draft.rows->table->columns[column].name, draft.rows->slots[column]);
    bound.items.push_back(std::move(item.bound));
  }
  bound.own_table = std::make_shared<const row::Table>(*bound.table);
  bound.table = bound.own_table.get();
  for (BoundItem& item : bound.items) item.from = bound.table;
  for (std::size_t slot = 0; slot < bound.columns.size(); ++slot)
    if (is_schema_name(bound.table->columns[*bound.table->column(bound.columns[slot])])) bound.schema_slot = slot;
  return bound;
}

/// In one schema among many a row is told from those of the others by the schema's name, too.
row::Table with_schema_in_keys(const row::Table& table) {
  row::Table copy = table;
  for (row::UniqueKey& key : copy.unique_keys) key.columns.push_back(*table.column(schema_name_column));
  return copy;
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
      const bool scripted = a.draft->script_makes_keys() || b.draft->script_makes_keys();
      if (scripted || (any_keys_meet(a, b) && !rows_disjoint(a, b))) meetings.emplace_back(std::minmax(a.draft->bound.index, b.draft->bound.index));
    }
  std::ranges::sort(meetings);
  return meetings;
}

/// A copy's key is made of a row's key and a number: it must not be the key that another row has by itself.
void check_numbered_keys(Findings& findings, const std::vector<KeyedItem>& items) {
  for (const KeyedItem& numbered : items) {
    const ItemType& type = *numbered.draft->bound.item;
    if (type.duplicates != Duplicates::number) continue;
    std::vector<std::vector<KeyPart>> keys;
    for (const std::vector<KeyPart>& key : numbered.keys) std::ranges::move(numbered_keys(key), std::back_inserter(keys));
    for (const KeyedItem& other : items) {
      if (other.draft->bound.table_index != numbered.draft->bound.table_index) continue;
      const bool meet = std::ranges::any_of(keys, [&](const std::vector<KeyPart>& left) {
        return std::ranges::any_of(other.keys, [&](const std::vector<KeyPart>& right) { return keys_may_meet(left, right); });
      });
      if (!meet) continue;
      const bool own = &other == &numbered;
      findings.error(type.duplicates_place, "items." + type.name + ".duplicates",
                     std::string("the key of a copy, such as \"...#2\", could be that of ") + (own ? "another row" : "an item of " + other.draft->bound.item->name),
                     own ? "end the key's last attribute with what cannot end in # and a number: row_hash(*), or text of its own, such as \"{...}#\""
                         : "let the two item types' keys begin with different texts");
      break;
    }
  }
}

/// Warnings about tables as a whole: an index key or time-to-live attribute that nothing writes.
void check_unwritten(Findings& findings, const Model& model, const std::vector<DraftTable>& tables) {
  std::vector<std::set<std::string>> written(model.tables.size());
  std::vector<bool> used(model.tables.size(), false);
  std::vector<bool> scripted(model.tables.size(), false);  // a script may write whatever it likes
  for (const DraftTable& table : tables)
    for (const DraftItem& item : table.items) {
      used[item.bound.table_index] = true;
      if (item.bound.item->script) scripted[item.bound.table_index] = true;
      for (const DraftAttribute& attribute : item.list.attributes) written[item.bound.table_index].insert(attribute.bound.name);
    }
  for (std::size_t index = 0; index < model.tables.size(); ++index) {
    const DynamoTable& table = model.tables[index];
    const std::string path = "tables." + table.model_name;
    if (!used[index] || scripted[index]) continue;
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

namespace {

/// Binds item types to their tables, one after another.
class ModelBinder {
 public:
  ModelBinder(Findings& findings, const Model& model, const std::vector<row::Catalog>& catalogs, const std::string& extra_where)
      : findings_(findings), model_(model), catalogs_(catalogs), extra_where_(extra_where) {}

  void bind(const std::vector<bool>& selected) {
    for (std::size_t index = 0; index < model_.items.size(); ++index)
      if (selected[index] && !model_.items[index].from.schemas.empty()) find_schemas(index);
    for (std::size_t index = 0; index < model_.items.size(); ++index) {
      if (!selected[index]) continue;
      if (model_.items[index].from.schemas.empty())
        bind_one(index);
      else
        bind_many(index);
    }
    if (!extra_where_.empty()) judge_extra_where();
  }

  std::vector<DraftTable> tables;
  SensitiveColumns sensitive;
  std::vector<std::unique_ptr<RowScope>> scopes;

 private:
  std::size_t source_of(std::size_t index) const { return source_index(model_, model_.items[index].from); }

  void find_schemas(std::size_t index) {
    const std::size_t source = source_of(index);
    for (const row::Table* table : tables_in_schemas(findings_, model_.items[index], model_.sources[source], catalogs_.at(source))) {
      many_[index].push_back(table);
      auto& named = named_[table];
      if (named == nullptr) named = std::make_unique<row::Table>(with_schema_name(*table));
    }
  }

  /// A table that some item type reads in many schemas is the same table for all of them.
  const row::Table* shared(const row::Table* table) const {
    const auto named = named_.find(table);
    return named == named_.end() ? table : named->second.get();
  }

  DraftItem& bind_to(Findings& findings, std::size_t index, const row::Table* from) {
    const std::size_t source = source_of(index);
    auto found =
        std::ranges::find_if(tables, [&](const DraftTable& table) { return table.rows->source == source && table.rows->table == from; });
    if (found == tables.end()) {
      found = tables.insert(tables.end(), DraftTable{std::make_unique<DraftRows>(), {}});
      found->rows->source = source;
      found->rows->table = from;
    }
    BindState state{findings, model_, catalogs_.at(source), model_.sources[source], sensitive, scopes, extra_where_};
    found->items.push_back(bind_item(state, index, source, *found->rows));
    if (model_.items[index].script) bind_script(state, found->items.back(), *found->rows);
    return found->items.back();
  }

  void bind_one(std::size_t index) {
    const ItemType& item = model_.items[index];
    const std::size_t source = source_of(index);
    const row::Table* from = resolve_table(findings_, "items." + item.name, item.from, model_.sources[source], catalogs_.at(source));
    if (from != nullptr) note_extra(index, bind_to(findings_, index, shared(from)));
  }

  void bind_many(std::size_t index) {
    std::string attributes;   // of the first
    const row::Table* first = nullptr;
    for (const row::Table* table : many_[index]) {
      const row::Table* from = shared(table);
      Findings scratch;
      DraftItem& draft = bind_to(first == nullptr ? findings_ : scratch, index, from);
      std::string names;
      for (const DraftAttribute& attribute : draft.list.attributes) names += attribute.bound.name + "\n";
      if (first == nullptr) {
        note_extra(index, draft);
        attributes = std::move(names);
        first = from;
        if (findings_.has_error()) return;
        continue;
      }
      const std::string doubt = schemas_differ(*first, *from, needed_columns(first), scratch, names == attributes);
      if (doubt.empty()) continue;
      findings_.error(model_.items[index].from.place, "items." + model_.items[index].name + ".from",
                      "the table in schema " + quote(from->schema) + " is not as in " + quote(first->schema) + ": " + doubt,
                      "the tables must agree in the columns that are used: name those under columns, or leave others out under except");
      return;
    }
  }

  const std::set<std::size_t>& needed_columns(const row::Table* table) const {
    return std::ranges::find_if(tables, [&](const DraftTable& each) { return each.rows->table == table; })->rows->needed;
  }

  void note_extra(std::size_t index, const DraftItem& draft) {
    if (!draft.extra_where_doubt.empty()) extra_doubts_.emplace_back(index, draft.extra_where_doubt);
    else ++extra_fits_;
  }

  void judge_extra_where() {
    if (findings_.has_error()) return;
    if (extra_fits_ == 0 && !extra_doubts_.empty()) {
      findings_.error({}, "--where", "the condition fits no item type; " + model_.items[extra_doubts_[0].first].name + ": " + extra_doubts_[0].second);
      return;
    }
    for (const auto& [index, doubt] : extra_doubts_)
      findings_.note({}, "--where", model_.items[index].name + " is taken whole, the condition does not fit it: " + doubt);
  }

  Findings& findings_;
  const Model& model_;
  const std::vector<row::Catalog>& catalogs_;
  const std::string& extra_where_;
  std::map<std::size_t, std::vector<const row::Table*>> many_;               // by index in Model::items
  std::map<const row::Table*, std::unique_ptr<const row::Table>> named_;     // by the catalog's table
  std::vector<std::pair<std::size_t, std::string>> extra_doubts_;
  std::size_t extra_fits_ = 0;
};

}  // namespace

BindResult bind_model(const Model& model, const std::vector<row::Catalog>& catalogs, const std::vector<std::string>& only,
                      const std::string& extra_where) {
  Findings findings;
  const std::vector<bool> selected = select_items(findings, model, only);
  ModelBinder binder(findings, model, catalogs, extra_where);
  binder.bind(selected);
  std::vector<DraftTable>& tables = binder.tables;
  std::vector<KeyedItem> keyed;
  for (DraftTable& table : tables)
    for (DraftItem& item : table.items) {
      std::vector<std::vector<KeyPart>> keys = keys_of(item, model.tables[item.bound.table_index]);
      if (keys.empty()) continue;
      const bool many = !item.bound.item->from.schemas.empty();
      prove_keys(item, keys, many ? with_schema_in_keys(*table.rows->table) : *table.rows->table);
      // Of an item type in many schemas one stands for all: that they do not meet each other is what was proved.
      const bool there = std::ranges::any_of(keyed, [&](const KeyedItem& each) { return each.draft->bound.index == item.bound.index; });
      if (!there) keyed.push_back({&item, &table, std::move(keys)});
    }
  check_numbered_keys(findings, keyed);
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
  for (DraftTable& table : tables) bound.tables.push_back(finish_table(model, table, binder.sensitive));
  return result;
}

}  // namespace itemize::model
