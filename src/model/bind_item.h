// Binding one item type to its source table. Numbers of scopes stand in for slots here; bind.cpp gives out the slots afterwards.
#pragma once

#include "model/bind_relations.h"
#include "model/key_proof.h"

namespace itemize::model {

struct DraftItem {
  BoundItem bound;  ///< Attributes empty; where compiled by number.
  AttributeList list;
  std::vector<std::size_t> identity;
  const RowScope* rows = nullptr;   ///< The row and its lookups: for_each's array is over it.
  const RowScope* scope = nullptr;  ///< The same with for_each's element.
  std::vector<const DraftRelation*> ways;
  std::optional<std::size_t> element;  ///< The number of for_each's element.
  std::optional<std::size_t> chunk;    ///< The number of {chunk}, in spilled items' keys.
  bool where_reads_relations = false;
  std::string where_text;              ///< What bound.where was compiled from: the item type's own, --where's, or both.
  std::string extra_where_doubt;       ///< Why --where does not fit; empty where it does, or there is none.
  std::vector<std::size_t> script_columns;

  /// True where only its script knows the keys of its items.
  bool script_makes_keys() const { return bound.item->script && !bound.item->script->keeps_key; }
};

/// Everything about the item type that is wrong goes to the findings; the draft is usable where no error was added.
DraftItem bind_item(BindState& state, std::size_t item_index, std::size_t source_index, DraftRows& rows);

/// The keys that items of the type have: its own, then those of what it spills. Empty where a part has mistakes.
std::vector<std::vector<KeyPart>> keys_of(const DraftItem& draft, const DynamoTable& table);
/// True where some part of a key is made of what is no column of the row itself.
bool keys_read_relations(const DraftItem& draft);

/// The columns that the item type's script gets: all that can be read, or those it names.
void bind_script(BindState& state, DraftItem& draft, DraftRows& rows);

}  // namespace itemize::model
