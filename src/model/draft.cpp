#include "model/draft.h"

#include <algorithm>

namespace itemize::model {

namespace {

/// Equal values of these types have equal texts, whatever the source's collations: a join on them says that both are the same.
bool equality_is_identity(const row::Type& a, const row::Type& b) {
  using row::TypeKind;
  if (a.kind != b.kind || a.length != b.length || a.is_unsigned != b.is_unsigned || a.precision != b.precision) return false;
  return a.kind == TypeKind::integer || a.kind == TypeKind::uuid || a.kind == TypeKind::date;
}

row::Type rows_type(const BoundRows& rows) {
  row::Type composite;
  composite.kind = row::TypeKind::composite;
  composite.children = rows.types;
  for (std::size_t slot = 0; slot < rows.columns.size(); ++slot) composite.children[slot].field = rows.columns[slot];
  row::Type type;
  type.kind = row::TypeKind::array;
  type.children.push_back(std::move(composite));
  return type;
}

void lay_out_relation(DraftRows& owner, DraftRelation& draft, BoundRows& bound, const SensitiveColumns& sensitive) {
  BoundRelation& relation = bound.relations.emplace_back();
  relation.kind = draft.kind;
  relation.name = draft.name;
  relation.slot = bound.types.size();
  draft.slot = owner.base + relation.slot;
  relation.max_depth = draft.max_depth;
  relation.most_rows = draft.most_rows;
  const bool lookup = draft.kind == RelationKind::lookup;
  relation.child = std::make_unique<BoundRows>(lay_out(draft.child, lookup ? draft.slot : 0, sensitive));
  draft.bound_child = relation.child.get();
  for (const std::size_t column : draft.parent_columns) relation.parent_slots.push_back(owner.slots[column]);
  for (const std::size_t column : draft.child_columns) relation.child_slots.push_back(draft.child.slots[column]);
  if (lookup) {
    bound.types.insert(bound.types.end(), relation.child->types.begin(), relation.child->types.end());
    bound.sensitive.insert(bound.sensitive.end(), relation.child->sensitive.begin(), relation.child->sensitive.end());
  }
  if (lookup && !draft.max_depth) return;
  bound.types.push_back(rows_type(*relation.child));
  bound.sensitive.push_back(false);  // what is read from it has slots of its own
}

}  // namespace

DraftRelation& relation_of(DraftRows& rows, DraftRelation wanted) {
  for (const auto& relation : rows.relations) {
    const bool same = relation->kind == wanted.kind && relation->child.table == wanted.child.table &&
                      relation->parent_columns == wanted.parent_columns && relation->child_columns == wanted.child_columns &&
                      relation->max_depth == wanted.max_depth;
    if (!same) continue;
    return *relation;
  }
  wanted.child.source = rows.source;
  rows.needed.insert(wanted.parent_columns.begin(), wanted.parent_columns.end());
  wanted.child.needed.insert(wanted.child_columns.begin(), wanted.child_columns.end());
  // From the row that was found the way goes on by its own copy of the same columns.
  if (wanted.max_depth) wanted.child.needed.insert(wanted.parent_columns.begin(), wanted.parent_columns.end());
  return *rows.relations.emplace_back(std::make_unique<DraftRelation>(std::move(wanted)));
}

BoundRows lay_out(DraftRows& draft, std::size_t base, const SensitiveColumns& sensitive) {
  BoundRows bound;
  bound.source = draft.source;
  bound.table = draft.table;
  draft.base = base;
  draft.slots.assign(draft.table->columns.size(), 0);
  // A row without a parent is its own root: what is wanted of the root is read of every row.
  for (const auto& relation : draft.relations)
    if (relation->max_depth) draft.needed.insert(relation->child.needed.begin(), relation->child.needed.end());
  const auto hidden = sensitive.find(draft.table);
  for (const std::size_t column : draft.needed) {
    draft.slots[column] = bound.columns.size();
    bound.columns.push_back(draft.table->columns[column].name);
    bound.types.push_back(draft.table->columns[column].type);
    bound.sensitive.push_back(hidden != sensitive.end() && hidden->second.contains(column));
  }
  for (const auto& relation : draft.relations) lay_out_relation(draft, *relation, bound, sensitive);
  draft.width = bound.width();
  return bound;
}

RowScope::RowScope(DraftRows& rows, bool of_item) : rows_(&rows), of_item_(of_item) { add("", rows); }

std::size_t RowScope::add(const std::string& prefix, DraftRows& rows) {
  const std::size_t first = references_.size();
  for (std::size_t column = 0; column < rows.table->columns.size(); ++column) {
    const row::Column& source = rows.table->columns[column];
    names_.names.push_back({prefix + source.name, source.type, references_.size(), source.nullable || !prefix.empty(), !prefix.empty()});
    same_as_.push_back(references_.size());
    references_.push_back({&rows, column, nullptr});
  }
  return first;
}

std::size_t RowScope::add_lookup(const std::string& name, DraftRelation& relation, std::size_t owner) {
  const std::size_t first = add(name + ".", relation.child);
  const std::vector<row::Column>& columns = relation.child.table->columns;
  if (!relation.max_depth) {
    for (std::size_t index = 0; index < relation.child_columns.size(); ++index) {
      const std::size_t referencing = owner + relation.parent_columns[index];
      const Reference& reference = references_[referencing];
      const std::size_t referenced = relation.child_columns[index];
      if (equality_is_identity(reference.rows->table->columns[reference.column].type, columns[referenced].type))
        same_as_[first + referenced] = same_as_[referencing];
    }
    return first;
  }
  expr::Way& way = names_.ways.emplace_back();
  way.text = name;
  way.slot = references_.size();
  same_as_.push_back(way.slot);
  references_.push_back({nullptr, 0, &relation});
  for (std::size_t column = 0; column < columns.size(); ++column)
    way.columns.push_back({columns[column].name, columns[column].type, owner + column, first + column, column});
  return first;
}

void RowScope::add_name(const std::string& text, std::size_t number) {
  const Reference& reference = references_[number];
  const row::Column& column = reference.rows->table->columns[reference.column];
  names_.names.push_back({text, column.type, number, true, true});
}

std::size_t RowScope::number_of_rows(const DraftRows& rows) const {
  return static_cast<std::size_t>(std::ranges::find(references_, &rows, &Reference::rows) - references_.begin());
}

std::size_t RowScope::add_extra(const std::string& name, row::Type type, std::size_t index) {
  const std::size_t number = references_.size();
  names_.names.push_back({name, std::move(type), number, true, true});
  references_.push_back({nullptr, index, nullptr});
  same_as_.push_back(number);
  return number;
}

std::size_t RowScope::slot(std::size_t number) const {
  const Reference& reference = references_[number];
  if (reference.way != nullptr) return reference.way->child.base + reference.way->child.width;
  if (reference.rows == nullptr) return rows_->base + rows_->width + reference.column;
  return reference.rows->base + reference.rows->slots[reference.column];
}

bool RowScope::is_hidden(std::size_t number, const BoundRows& rows) const {
  const Reference& reference = references_[number];
  if (reference.rows == nullptr || (of_item_ && reference.rows == rows_)) return false;
  return rows.sensitive[slot(number)];
}

expr::Scope RowScope::laid_out() const {
  expr::Scope scope = names_;
  for (expr::Name& name : scope.names) name.slot = slot(name.slot);
  for (expr::Way& way : scope.ways) {
    way.slot = slot(way.slot);
    for (expr::Way::Column& column : way.columns) {
      column.field = references_[column.root_slot].rows->slots[column.field];
      column.own_slot = slot(column.own_slot);
      column.root_slot = slot(column.root_slot);
    }
  }
  return scope;
}

namespace {

std::vector<BoundAttribute> finish_all(std::vector<DraftAttribute>& drafts, const BoundRows& rows) {
  std::vector<BoundAttribute> attributes;
  for (DraftAttribute& draft : drafts) attributes.push_back(finish(draft, rows));
  return attributes;
}

bool any_sensitive(const std::vector<BoundAttribute>& attributes) { return std::ranges::any_of(attributes, &BoundAttribute::sensitive); }

std::unique_ptr<BoundNested> finish_nested(DraftNested& draft, const BoundRows& owner) {
  auto bound = std::make_unique<BoundNested>(std::move(draft.bound));
  const Relation& spec = *draft.spec;
  const bool lookup = draft.relation->kind == RelationKind::lookup;
  bound->slot = draft.relation->slot;
  if (!lookup) bound->rows = draft.relation->bound_child;
  const BoundRows& rows = lookup ? owner : *bound->rows;
  const expr::Scope names = draft.scope->laid_out();
  if (draft.found) bound->found_slot = draft.scope->slot(*draft.found);
  if (spec.where) bound->where = *expr::compile_expression(spec.where->value, names);
  if (!spec.shape_of.value.empty() && !bound->too_deep) bound->of = *expr::compile_expression(spec.shape_of.value, names);
  for (const BoundOrder& order : draft.order) bound->order.push_back({draft.scope->slot(order.slot), order.descending});
  for (std::size_t slot = 0; draft.by_all && slot < rows.columns.size(); ++slot) bound->order.push_back({slot, false});
  for (const DraftRelation* way : draft.ways) bound->ways.push_back(way->child.base + way->child.width);
  bound->attributes = finish_all(draft.attributes, rows);
  bound->spill_key = finish_all(draft.spill_key, owner);
  return bound;
}

}  // namespace

BoundAttribute finish(DraftAttribute& draft, const BoundRows& rows) {
  BoundAttribute& bound = draft.bound;
  if (bound.from_column.empty()) bound.related_column = draft.column;
  if (draft.nested) {
    bound.nested = finish_nested(*draft.nested, rows);
    const BoundNested& nested = *bound.nested;
    bound.sensitive = any_sensitive(nested.attributes) ||
                      (nested.of && nested.rows != nullptr &&
                       std::ranges::any_of(nested.of->slots(), [&](std::size_t slot) { return nested.rows->sensitive[slot]; }));
  } else if (draft.text != nullptr) {
    for (const std::size_t number : bound.program->slots()) bound.sensitive = bound.sensitive || draft.scope->is_hidden(number, rows);
    bound.program = *expr::compile_template(draft.text->value, draft.scope->laid_out());
  } else if (bound.constant.empty()) {
    bound.sensitive = bound.sensitive || draft.scope->is_hidden(bound.slot, rows);
    bound.slot = draft.scope->slot(bound.slot);
  }
  return std::move(bound);
}

}  // namespace itemize::model
