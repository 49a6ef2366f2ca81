// Relations: how rows of other tables are joined to the rows of one, as a layout of slots. See docs/decisions/ on relations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "row/catalog.h"
#include "row/type.h"

namespace itemize::model {

struct BoundRelation;

/// Rows of one source table with all that is joined to them. Slots [0, columns.size()) are read from the source, the others belong
/// to `relations`: whoever joins fills them before the transform sees the row.
struct BoundRows {
  std::size_t source = 0;                 ///< In Model::sources.
  const row::Table* table = nullptr;
  std::vector<std::string> columns;       ///< Read from the source; slot i of every program is columns[i].
  std::vector<row::Type> types;           ///< By slot; an embed's slot has kind array.
  std::vector<bool> sensitive;            ///< By slot: masked in rejects (sensitive in any item type).
  std::vector<BoundRelation> relations;

  std::size_t width() const { return types.size(); }
};

enum class RelationKind : std::uint8_t {
  lookup,  ///< At most one row: its slots stand in the owner's row from `slot` on, all NULL where there is none.
  embed,   ///< Any number: one cell at `slot`, an array of composites of child->width() cells; never NULL.
};

/// The join of an owner's rows with the rows of `child`: equality of columns under the source's own rules.
struct BoundRelation {
  RelationKind kind = RelationKind::lookup;
  std::string name;                       ///< "lines", "lines.product": for messages.
  std::vector<std::size_t> parent_slots;  ///< In the owner's row, and
  std::vector<std::size_t> child_slots;   ///< in the child's columns, in the same order.
  std::size_t slot = 0;                   ///< In the owner's row: the first it fills.
  /// A lookup that is followed again from the row it finds, at most so often, until there is none: the slots hold the last row found
  /// (the owner's own row where it has no parent), and one more slot behind them the way: an array of composites from that row on down
  /// to the owner's parent.
  std::optional<std::size_t> max_depth;
  std::uint64_t most_rows = 0;            ///< An embed needs no more than so many rows (any of them); 0: all.
  std::unique_ptr<BoundRows> child;
};

}  // namespace itemize::model
