// Binding one embed: rows of another table as one attribute. Private to the files that bind relations.
#pragma once

#include <memory>
#include <string>

#include "model/bind_relations.h"
#include "model/joins.h"

namespace itemize::model {

/// `level` of a tree, from 1; 1 for all others.
void bind_embed(BindState& state, const Relation& spec, const Owner& owner, std::uint64_t level);

// bind_relations.cpp
const row::Table* related_table(BindState& state, const From& from, const row::Table& owner, const std::string& path);
/// False, with a finding once, where the item type has more relations than anyone writes.
bool within_bounds(BindState& state, const Relation& spec, const std::string& path);
/// Findings where they may not be read, or where the source's equality of two of them cannot be keyed (row/edge_key.h).
void check_join_columns(BindState& state, const Join& join, const row::Table& owner, const row::Table& related, Place place,
                        const std::string& path, RelationKind kind);
/// The attribute of the relation, or a finding where its name is taken.
void add_nested(BindState& state, const Relation& spec, const std::string& path, const Owner& owner, std::unique_ptr<DraftNested> nested);

}  // namespace itemize::model
