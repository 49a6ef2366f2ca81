#include "model/bind_relations.h"

#include <algorithm>

#include "model/bind_embed.h"
#include "model/joins.h"
#include "model/resolve.h"
#include "row/edge_key.h"

namespace itemize::model {

const row::Table* related_table(BindState& state, const From& from, const row::Table& owner, const std::string& path) {
  // In the owner's schema first: a tenant's orders have the tenant's lines.
  if (from.schema.empty())
    if (const row::Table* table = state.catalog.find(owner.schema, from.table); table != nullptr && table->readable) return table;
  return resolve_table(state.findings, path, from, state.source, state.catalog);
}

bool within_bounds(BindState& state, const Relation& spec, const std::string& path) {
  constexpr std::size_t most_relations = 300;
  if (++state.relations <= most_relations) return true;
  if (state.relations == most_relations + 1)
    state.findings.error(spec.place, path, "the item type has more than 300 relations, each level of a tree counted",
                         "a tree within a tree multiplies");
  return false;
}

void check_join_columns(BindState& state, const Join& join, const row::Table& owner, const row::Table& related, Place place,
                        const std::string& path, RelationKind kind) {
  for (const std::size_t column : join.parent_columns) check_readable(state.findings, path, place, owner, column, state.source);
  for (const std::size_t column : join.child_columns) check_readable(state.findings, path, place, related, column, state.source);
  for (std::size_t index = 0; index < join.parent_columns.size(); ++index) {
    const row::Column& parent = owner.columns[join.parent_columns[index]];
    const row::Column& child = related.columns[join.child_columns[index]];
    const bool lookup = kind == RelationKind::lookup;
    if (const auto rule = row::edge_rule(lookup ? child : parent, lookup ? parent : child); !rule)
      state.findings.error(place, path, rule.error(), "rows can be joined by columns of one type and one collation");
  }
}

namespace {

std::optional<LookupNode> join_lookup(BindState& state, const Relation& spec, DraftRows& owner, const std::string& path,
                                      const std::string& name) {
  if (!within_bounds(state, spec, path)) return std::nullopt;
  const row::Table* table = related_table(state, spec.from, *owner.table, path);
  if (table == nullptr) return std::nullopt;
  const auto join = resolve_join(state.findings, path, spec, *owner.table, *table);
  if (!join) return std::nullopt;
  check_join_columns(state, *join, *owner.table, *table, spec.place, path, RelationKind::lookup);
  if (!hold_unique_key(*table, join->child_columns)) {
    std::vector<std::string> names;
    for (const std::size_t column : join->child_columns) names.push_back(table->columns[column].name);
    const std::string what = "nothing says that " + list_words(names) + " is unique in " + quote(table->display_name());
    if (table->kind == row::TableKind::table || table->kind == row::TableKind::partitioned)
      state.findings.error(spec.place, path, what + ": a lookup finds one row at most",
                           "embed it with shape: one and order_by, or make a unique key");
    else
      state.findings.warning(spec.place, path, what, "rows for which several are found become rejects");
  }
  if (spec.recursive && table != owner.table)
    state.findings.error(spec.recursive_place, path,
                         "recursive goes from row to row of one table: the owner's rows are of " + quote(owner.table->display_name()),
                         "look up " + quote(table->display_name()) + " first, and its root in that lookup");
  DraftRelation wanted;
  wanted.kind = RelationKind::lookup;
  wanted.name = name + spec.name;
  wanted.parent_columns = join->parent_columns;
  wanted.child_columns = join->child_columns;
  if (spec.recursive) wanted.max_depth = spec.max_depth;
  wanted.child.table = table;
  LookupNode node;
  node.spec = &spec;
  node.relation = &relation_of(owner, std::move(wanted));
  node.lookups = join_lookups(state, spec.lookups, node.relation->child, path + ".lookup", name + spec.name + ".");
  return node;
}

void add_names(RowScope& scope, const std::vector<LookupNode>& lookups, const std::string& prefix, std::size_t owner) {
  for (const LookupNode& node : lookups) {
    const std::string name = prefix + node.spec->name;
    add_names(scope, node.lookups, name + ".", scope.add_lookup(name, *node.relation, owner));
  }
}

void bind_lookup(BindState& state, const LookupNode& node, const Owner& owner) {
  const Relation& spec = *node.spec;
  const std::string path = owner.path + ".lookup." + spec.name;
  RowScope& scope = make_scope(state, node.relation->child, node.lookups, false);
  AttributeList own;
  AttributeList& list = spec.flatten ? owner.list : own;
  AttributeBinder binder(state, spec, scope, list, owner.inherited, path, owner.name + spec.name + ".", spec.from.place);
  binder.bind_sensitive();
  binder.bind_columns();
  binder.bind_set();
  bind_relations(state, spec, node.lookups,
                 {node.relation->child, list, owner.inherited.of(spec), path, owner.name + spec.name + ".", nullptr});
  if (spec.flatten || own.attributes.empty()) return;
  auto nested = std::make_unique<DraftNested>();
  nested->bound.kind = RelationKind::lookup;
  nested->spec = &spec;
  nested->relation = node.relation;
  nested->scope = &scope;
  nested->found = node.relation->child_columns[0];
  nested->attributes = std::move(own.attributes);
  add_nested(state, spec, path, owner, std::move(nested));
}

}  // namespace

void add_nested(BindState& state, const Relation& spec, const std::string& path, const Owner& owner, std::unique_ptr<DraftNested> nested) {
  if (const auto other = owner.list.taken.find(spec.name); other != owner.list.taken.end()) {
    const DraftAttribute& there = owner.list.attributes[other->second];
    state.findings.error(
        spec.place, path,
        quote(spec.name) + " is already written" + (there.column.empty() ? "" : " from the column " + quote(there.column)),
        there.column.empty() ? "give one of the two another name" : "name the column under except, or give the relation another name");
    return;
  }
  if (owner.list.use_of(spec.name) != nullptr) {
    state.findings.error(spec.place, path, quote(spec.name) + " is a key attribute: it cannot be made of related rows",
                         "give the relation another name");
    return;
  }
  DraftAttribute attribute;
  attribute.bound.name = spec.name;
  attribute.bound.place = spec.place;
  attribute.reads_relations = true;
  attribute.scope = nested->scope;
  attribute.nested = std::move(nested);
  owner.list.taken.emplace(spec.name, owner.list.attributes.size());
  owner.list.attributes.push_back(std::move(attribute));
}

std::vector<LookupNode> join_lookups(BindState& state, const std::vector<Relation>& lookups, DraftRows& owner, const std::string& path,
                                     const std::string& name) {
  std::vector<LookupNode> nodes;
  for (const Relation& spec : lookups)
    if (auto node = join_lookup(state, spec, owner, path + "." + spec.name, name)) nodes.push_back(*std::move(node));
  return nodes;
}

RowScope& make_scope(BindState& state, DraftRows& rows, const std::vector<LookupNode>& lookups, bool of_item) {
  RowScope& scope = *state.scopes.emplace_back(std::make_unique<RowScope>(rows, of_item));
  add_names(scope, lookups, "", 0);
  return scope;
}

void bind_relations(BindState& state, const Shaping& shaping, const std::vector<LookupNode>& lookups, const Owner& owner) {
  for (const LookupNode& node : lookups) bind_lookup(state, node, owner);
  for (const Relation& spec : shaping.embeds) bind_embed(state, spec, owner, 1);
}

std::vector<const DraftRelation*> ways_of(const std::vector<LookupNode>& lookups) {
  std::vector<const DraftRelation*> ways;
  for (const LookupNode& node : lookups) {
    if (node.relation->max_depth) ways.push_back(node.relation);
    const auto inner = ways_of(node.lookups);
    ways.insert(ways.end(), inner.begin(), inner.end());
  }
  return ways;
}

}  // namespace itemize::model
