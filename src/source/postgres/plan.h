// How a table is split into ranges.
#pragma once

#include <cstdint>
#include <vector>

#include "row/catalog.h"
#include "source/postgres/relation.h"
#include "source/range.h"

namespace itemize::source::postgres {

enum class SplitBy : std::uint8_t {
  blocks,  ///< Version 14 and later: a TID range scan reads just the blocks asked for.
  keys,
};

/// Heap tables by their blocks or by intervals of a key, where there is one; partitioned ones leaf by leaf (as blocks through the parent,
/// where this user may not name the partitions); everything else whole. Together exactly the table's rows, whatever happens to the table
/// meanwhile: the first range has no lower and the last no upper end. In the snapshot's transaction, with the relation locked.
Result<std::vector<Range>> plan_relation(Connection& connection, const Relation& relation, const row::Table& table,
                                         std::uint64_t target_bytes, SplitBy split);

}  // namespace itemize::source::postgres
