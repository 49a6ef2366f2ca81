// How a table is split into ranges.
#pragma once

#include <cstdint>
#include <vector>

#include "row/catalog.h"
#include "source/postgres/relation.h"
#include "source/range.h"

namespace itemize::source::postgres {

/// Heap tables of version 14 and later by their blocks (a TID range scan reads just those), partitioned ones leaf by leaf; elsewhere by
/// intervals of a key, where there is one; else whole. Together exactly the table's rows, for whatever they are on the server: the first
/// range has no lower and the last no upper end. In the snapshot's transaction, with the relation locked.
Result<std::vector<Range>> plan_relation(Connection& connection, const Relation& relation, const row::Table& table,
                                         std::uint64_t target_bytes);

}  // namespace itemize::source::postgres
