// Sampling: a part of the rows for rehearsals, closed over the foreign keys (--sample 1% --of Customer).
//
// Of the item type's own table those rows are taken whose identity's hash says so: always the same ones. From there foreign keys are
// followed downwards, from table to table, to the rows that refer to rows that were taken; and from all of these upwards, to the rows
// that they refer to, and on. Not down again from there: everything would be taken. A table's references to itself are followed
// upwards only. Foreign keys count between the tables that the model reads.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "pipeline/migration.h"
#include "pipeline/rows.h"
#include "pipeline/snapshots.h"

namespace itemize::pipeline {

/// "1%" or "0.05%": the share, above 0 and at most 1.
Result<double> parse_share(const std::string& text);

/// Keys of rows and references that a sample may hold in memory, about 16 to 32 bytes each.
inline constexpr std::size_t most_sampled_keys = 4'000'000;

/// Reads the keys of the tables concerned, once or more often, to know the rows. Errors: too many of them; a foreign key that cannot be
/// compared.
Result<std::shared_ptr<const RowFilter>> sample_rows(const Migration& migration, const Snapshots& snapshots, std::stop_token stop);

}  // namespace itemize::pipeline
