// Binding lookups and embeds: each joined to its owner's rows, then its attributes bound as an item's are.
#pragma once

#include <string>
#include <vector>

#include "model/attribute_binder.h"

namespace itemize::model {

/// A lookup that was joined, with those from its row.
struct LookupNode {
  const Relation* spec = nullptr;
  DraftRelation* relation = nullptr;
  std::vector<LookupNode> lookups;
};

/// Joins the lookups, and theirs, to the owner's rows. Those with mistakes are left out (with findings). `path`: "items.Order.lookup";
/// `name`: of the owner in messages ("lines."), empty for an item type.
std::vector<LookupNode> join_lookups(BindState& state, const std::vector<Relation>& lookups, DraftRows& owner, const std::string& path,
                                     const std::string& name);

/// A scope over the rows that knows their lookups' names; kept by `state`.
RowScope& make_scope(BindState& state, DraftRows& rows, const std::vector<LookupNode>& lookups, bool of_item);

/// What an item type's own embeds need to spill into further items.
struct SpillBinder {
  AttributeBinder& binder;    ///< Over the item's rows, knowing {chunk}.
  std::size_t chunk = 0;      ///< Its number.
  const AttributeList& keys;  ///< `uses`: the table's key.
  bool has_sort_key = false;
};

/// What the relations of one map are bound with.
struct Owner {
  DraftRows& rows;
  AttributeList& list;
  Inherited inherited;           ///< Already the owner's own.
  std::string path;              ///< "items.Order"
  std::string name;              ///< "", "lines."
  SpillBinder* spill = nullptr;  ///< Of an item type only.
};

/// Adds the attributes of all lookups and embeds to the owner's list.
void bind_relations(BindState& state, const Shaping& shaping, const std::vector<LookupNode>& lookups, const Owner& owner);

/// The numbers of the ways of recursive lookups, anywhere among `lookups`.
std::vector<const DraftRelation*> ways_of(const std::vector<LookupNode>& lookups);

}  // namespace itemize::model
