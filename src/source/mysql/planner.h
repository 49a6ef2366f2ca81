// Cuts a table into intervals of its key, without reading it: guesses between the ends, the optimiser's own estimates of how many rows
// lie on either side, and the next real key as the bound. Bounds come from the server and are compared by it, so that intervals
// neither overlap nor leave gaps under any collation; only their balance depends on the guesses.
#pragma once

#include <vector>

#include "row/catalog.h"
#include "source/mysql/connection.h"
#include "source/range.h"

namespace itemize::source::mysql {

/// Never empty. One range for a view, a table without a key that can be cut, or one that is small enough.
Result<std::vector<Range>> plan_ranges(Connection& connection, const row::Table& table, std::uint64_t target_bytes);

}  // namespace itemize::source::mysql
