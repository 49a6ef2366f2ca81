// Drafts: what binding finds out before slots are given. Rows of one table and what is joined to them form a tree; names of
// expressions point into it, and once all item types have said what they read, the tree is laid out as slots.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/bind.h"

namespace itemize::model {

struct DraftRelation;

/// Becomes a BoundRows. Its address is kept by names: it does not move.
struct DraftRows {
  std::size_t source = 0;
  const row::Table* table = nullptr;
  std::set<std::size_t> needed;  ///< Columns to be read.
  std::vector<std::unique_ptr<DraftRelation>> relations;
  // Once laid out:
  std::size_t base = 0;  ///< Its first slot in the row that it stands in.
  std::size_t width = 0;
  std::vector<std::size_t> slots;  ///< By column, from `base` on.
};

struct DraftRelation {
  RelationKind kind = RelationKind::lookup;
  std::string name;
  std::vector<std::size_t> parent_columns;
  std::vector<std::size_t> child_columns;
  std::optional<std::size_t> max_depth;  ///< Of a recursive lookup.
  std::uint64_t most_rows = 0;
  DraftRows child;
  // Once laid out:
  std::size_t slot = 0;  ///< The first it fills, in the row that its owner stands in.
  const BoundRows* bound_child = nullptr;
};

/// The relation of `rows` with this join, made where there is none yet: item types that join alike share it.
DraftRelation& relation_of(DraftRows& rows, DraftRelation wanted);

using SensitiveColumns = std::map<const row::Table*, std::set<std::size_t>>;

/// Gives slots to `draft` and all that is joined to it.
BoundRows lay_out(DraftRows& draft, std::size_t base, const SensitiveColumns& sensitive);

/// The names that expressions over one row may use, with numbers of their own: `rows`' columns are numbered as in the table.
class RowScope {
 public:
  /// `of_item`: the item type itself says which of its own columns are sensitive; for others every item type counts.
  explicit RowScope(DraftRows& rows, bool of_item = false);
  RowScope(const RowScope&) = delete;

  /// More names, with `prefix` before each column's. The first one's number.
  std::size_t add(const std::string& prefix, DraftRows& rows);
  /// A lookup's columns as name.column (those of its own lookups are to be added as well), where `owner` is the number of its owner's
  /// first column. The first one's number.
  std::size_t add_lookup(const std::string& name, DraftRelation& relation, std::size_t owner);
  /// One more name for a number.
  void add_name(const std::string& text, std::size_t number);
  /// The number of the first column of `rows`, which was added.
  std::size_t number_of_rows(const DraftRows& rows) const;
  /// A value that the transform puts behind the row's slots: `index` 0 is for_each's element, 1 the number of a spilled chunk.
  std::size_t add_extra(const std::string& name, row::Type type, std::size_t index);

  struct Reference {
    DraftRows* rows = nullptr;  ///< nullptr for an extra, and for a way.
    std::size_t column = 0;     ///< Or the extra's index.
    const DraftRelation* way = nullptr;
  };
  const Reference& reference(std::size_t number) const { return references_[number]; }
  const expr::Scope& names() const { return names_; }
  DraftRows& rows() const { return *rows_; }
  /// True for what is masked because some item type calls it sensitive (`rows`: what the numbers became).
  bool is_hidden(std::size_t number, const BoundRows& rows) const;
  /// The own column that surely has the same value as what `number` names: a looked-up key is the referencing column.
  std::size_t same_as(std::size_t number) const { return same_as_[number]; }

  /// Once laid out: the slot of a number, and the names with slots in place of numbers.
  std::size_t slot(std::size_t number) const;
  expr::Scope laid_out() const;

 private:
  DraftRows* rows_;
  bool of_item_;
  expr::Scope names_;
  std::vector<Reference> references_;
  std::vector<std::size_t> same_as_;
  std::vector<const DraftRelation*> ways_;
};

struct DraftNested;

/// An attribute whose slots are still numbers of its scope.
struct DraftAttribute {
  BoundAttribute bound;
  const RowScope* scope = nullptr;
  const Text* text = nullptr;       ///< The template, to be compiled again once slots are known; nullptr for columns and constants.
  std::vector<expr::Piece> pieces;  ///< Of the template, by number; one literal for a constant.
  std::string column;               ///< The column it copies, for messages.
  bool reads_relations = false;     ///< Something that is not a column of the row itself.
  std::unique_ptr<DraftNested> nested;
};

/// An attribute made of related rows.
struct DraftNested {
  BoundNested bound;  ///< Programs, slots and attributes empty.
  const Relation* spec = nullptr;
  DraftRelation* relation = nullptr;
  const RowScope* scope = nullptr;         ///< Of the related rows.
  std::vector<BoundOrder> order;           ///< By number of the scope.
  bool by_all = false;                     ///< Then by all columns that are read: nothing identifies a row.
  std::optional<std::size_t> found;        ///< By number of the scope.
  std::vector<const DraftRelation*> ways;  ///< Recursive lookups of the embed's rows.
  std::vector<DraftAttribute> attributes;
  std::vector<DraftAttribute> spill_key;
};

/// The attribute with slots in place of numbers; `rows`: what its scope's numbers became.
BoundAttribute finish(DraftAttribute& draft, const BoundRows& rows);

}  // namespace itemize::model
