#include "pipeline/joins.h"

#include <algorithm>

namespace itemize::pipeline {
namespace {

/// The index of a name in a list, put there where it is not.
std::size_t place_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  names.push_back(name);
  return names.size() - 1;
}

bool same_parts(const std::vector<EdgePart>& a, const std::vector<EdgePart>& b) {
  return std::ranges::equal(a, b, [](const EdgePart& left, const EdgePart& right) {
    return left.cell == right.cell && left.side.key_form == right.side.key_form &&
           left.side.drops_trailing_spaces == right.side.drops_trailing_spaces &&
           left.side.folds_ascii_case == right.side.folds_ascii_case && left.side.to_number == right.side.to_number;
  });
}

/// Whether the source's comparison of the child's column with a literal finds all that the rule makes equal to it.
bool found_by_source(const row::Column& child, const row::EdgeSide& child_side) {
  const row::Equality& own = child.equality;
  // A literal in the place of a column has no affinity of its own.
  if (child_side.to_number && own.affinity != row::Equality::Affinity::numeric) return false;
  if (child_side.folds_ascii_case && !own.ignores_ascii_case) return false;
  return !child_side.drops_trailing_spaces || own.ignores_trailing_spaces || child.type.kind == row::TypeKind::character;
}

/// Whether the columns hold a unique key: one NULL in it makes no edge key, so that unique indexes of nullable columns count, too.
bool hold_unique_key(const model::BoundRows& rows, const std::vector<std::size_t>& slots) {
  return std::ranges::any_of(rows.table->unique_keys, [&](const row::UniqueKey& key) {
    return std::ranges::all_of(key.columns, [&](std::size_t column) {
      return std::ranges::any_of(slots, [&](std::size_t slot) { return rows.columns[slot] == rows.table->columns[column].name; });
    });
  });
}

}  // namespace

const JoinedRows* Joins::joined(const model::BoundTable& table) const {
  return joined_[static_cast<std::size_t>(&table - model_->tables.data())].get();
}

/// Two passes: first what is read of which table, then where each cell of it goes.
class JoinsBuilder {
 public:
  explicit JoinsBuilder(Joins& joins) : joins_(joins) {}

  Result<void> run(const model::BoundModel& model) {
    joins_.model_ = &model;
    for (const model::BoundTable& table : model.tables) {
      joins_.joined_.emplace_back();
      if (!table.relations.empty()) joins_.joined_.back() = TRY_WITH("table " + table.table->display_name(), collect(table));
    }
    for (const auto& joined : joins_.joined_)
      if (joined != nullptr) place(*joined);
    return {};
  }

 private:
  /// The cell of a column, or of its key form, in a row as it is read. Key forms stand behind columns that may still become more, so
  /// they are counted from `form_base` on until settle().
  static constexpr std::size_t form_base = std::size_t{1} << 32;
  static EdgePart part(std::size_t column_cell, const std::string& name, const row::EdgeSide& side, std::vector<std::string>& key_forms) {
    return {side.key_form ? form_base + place_of(key_forms, name) : column_cell, side};
  }
  static void settle(std::vector<EdgePart>& parts, std::size_t columns) {
    for (EdgePart& each : parts)
      if (each.cell >= form_base) each.cell = each.cell - form_base + columns;
  }

  static const row::Column& column_of(const model::BoundRows& rows, std::size_t slot) {
    return rows.table->columns[*rows.table->column(rows.columns[slot])];
  }

  std::size_t related_table(const model::BoundRows& rows) {
    for (std::size_t index = 0; index < joins_.tables_.size(); ++index)
      if (joins_.tables_[index].source == rows.source && joins_.tables_[index].table == rows.table) return index;
    joins_.tables_.push_back({rows.source, rows.table, {}, {}, {}});
    return joins_.tables_.size() - 1;
  }

  Result<std::unique_ptr<JoinedRows>> collect(const model::BoundRows& rows) {
    auto joined = std::make_unique<JoinedRows>();
    joined->rows = &rows;
    joined->joins.reserve(rows.relations.size());
    for (const model::BoundRelation& relation : rows.relations) TRY_WITH("relation " + relation.name, collect(*joined, relation));
    return joined;
  }

  Result<void> collect(JoinedRows& owner, const model::BoundRelation& relation) {
    Join join;
    join.relation = &relation;
    join.number = joins_.count_++;
    join.table = related_table(*relation.child);
    join.child = TRY(collect(*relation.child));
    join.unique = hold_unique_key(*relation.child, relation.child_slots);
    join.owner_unique = hold_unique_key(*owner.rows, relation.parent_slots);
    RelatedTable::Key key;
    for (std::size_t index = 0; index < relation.parent_slots.size(); ++index) TRY(collect_column(owner, join, key, index));
    for (const std::string& name : relation.child->columns) place_of(joins_.tables_[join.table].columns, name);
    for (const std::string& name : join.child->key_forms) place_of(joins_.tables_[join.table].key_forms, name);
    if (relation.max_depth) TRY(collect_way(owner, join));
    RelatedTable& table = joins_.tables_[join.table];
    const auto known = std::ranges::find_if(table.keys, [&](const RelatedTable::Key& each) { return same_parts(each.parts, key.parts); });
    if (known == table.keys.end()) {
      key.number = next_key_++;
      table.keys.push_back(key);
      join.stored = key.number;
    } else {
      join.stored = known->number;
    }
    owner.joins.push_back(std::move(join));
    return {};
  }

  /// One pair of columns. The reference is the column whose values are looked up: the child's of a lookup, the owner's of an embed.
  Result<void> collect_column(JoinedRows& owner, Join& join, RelatedTable::Key& key, std::size_t index) {
    const model::BoundRelation& relation = *join.relation;
    const std::size_t parent_slot = relation.parent_slots[index];
    const std::size_t child_slot = relation.child_slots[index];
    if (parent_slot >= owner.columns() || child_slot >= relation.child->columns.size())
      return fail(ErrorCode::internal, "a relation is joined by a value that is not read");
    const row::Column& parent = column_of(*owner.rows, parent_slot);
    const row::Column& child = column_of(*relation.child, child_slot);
    const bool lookup = relation.kind == model::RelationKind::lookup;
    const auto rule = row::edge_rule(lookup ? child : parent, lookup ? parent : child, owner.rows->source == relation.child->source);
    if (!rule) return fail(ErrorCode::invalid_input, rule.error(), "rows can be joined by columns of one type and one collation");
    const row::EdgeSide& parent_side = lookup ? rule->other : rule->reference;
    const row::EdgeSide& child_side = lookup ? rule->reference : rule->other;
    join.owner.push_back(part(parent_slot, parent.name, parent_side, owner.key_forms));
    RelatedTable& table = joins_.tables_[join.table];
    key.parts.push_back(part(place_of(table.columns, child.name), child.name, child_side, table.key_forms));
    join.source_finds = join.source_finds && found_by_source(child, child_side);
    if (relation.max_depth) {
      // The found row refers to its own parent by columns of the same names.
      const auto found = std::ranges::find(relation.child->columns, parent.name);
      if (found == relation.child->columns.end())
        return fail(ErrorCode::internal, "a recursive relation does not read the column " + parent.name);
      join.next.push_back(
          part(static_cast<std::size_t>(found - relation.child->columns.begin()), parent.name, parent_side, join.child->key_forms));
    }
    return {};
  }

  Result<void> collect_way(JoinedRows& owner, Join& join) {
    for (const std::string& name : join.relation->child->columns) {
      const auto found = std::ranges::find(owner.rows->columns, name);
      if (found == owner.rows->columns.end())
        return fail(ErrorCode::internal, "a recursive relation does not read the column " + name + " of the row itself");
      join.own.push_back(static_cast<std::size_t>(found - owner.rows->columns.begin()));
    }
    for (const std::string& name : join.child->key_forms) join.own_forms.push_back(place_of(owner.key_forms, name));
    return {};
  }

  void place(JoinedRows& joined) {
    for (Join& join : joined.joins) {
      settle(join.owner, joined.columns());
      settle(join.next, join.child->columns());
      RelatedTable& table = joins_.tables_[join.table];
      for (RelatedTable::Key& key : table.keys) settle(key.parts, table.columns.size());
      const auto where = [&](const std::vector<std::string>& wanted, const std::string& name, std::size_t base) {
        const auto found = std::ranges::find(wanted, name);
        join.places.push_back(found == wanted.end() ? store::nowhere
                                                    : static_cast<std::int32_t>(base + static_cast<std::size_t>(found - wanted.begin())));
      };
      for (const std::string& name : table.columns) where(join.relation->child->columns, name, 0);
      for (const std::string& name : table.key_forms) where(join.child->key_forms, name, join.child->columns());
      place(*join.child);
    }
  }

  Joins& joins_;
  store::TableNumber next_key_ = 1;
};

Result<std::unique_ptr<const Joins>> Joins::of(const model::BoundModel& model) {
  auto joins = std::make_unique<Joins>();
  TRY(JoinsBuilder(*joins).run(model));
  return joins;
}

}  // namespace itemize::pipeline
