// How a table of SQLite is split into ranges.
#pragma once

#include <cstdint>
#include <vector>

#include "row/catalog.h"
#include "source/range.h"
#include "source/sqlite/connection.h"

namespace itemize::source::sqlite {

/// Ranges of about `target_bytes` of values each: by rowid where the table has one, by its primary key where it is WITHOUT ROWID,
/// whole for views and virtual tables. Rows are sampled, not counted, except in a large WITHOUT ROWID table, whose keys are walked.
Result<std::vector<Range>> plan_ranges(Connection& connection, const row::Table& table, std::uint64_t target_bytes);

}  // namespace itemize::source::sqlite
