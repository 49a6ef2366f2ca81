// Snapshots: one consistent point of each source that a model reads.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "pipeline/migration.h"
#include "pipeline/rows.h"
#include "source/source.h"
#include "transform/transformer.h"

namespace itemize::pipeline {

struct Snapshots {
  /// They leave rows out of the model's tables where the migration says so, and know `schema_name` (rows.h).
  std::vector<std::unique_ptr<source::Snapshot>> by_source;   ///< By Model::sources index; nullptr where not used.
  std::shared_ptr<const RowFilter> filter;   ///< nullptr: all rows are taken.

  source::Snapshot& of(const model::BoundTable& table) const { return *by_source[table.source]; }
  /// What now() means for rows of the table.
  expr::Context context(const model::BoundTable& table) const { return {.now = of(table).taken_at()}; }
};

Result<Snapshots> take_snapshots(const Migration& migration, const source::SnapshotOptions& options, std::stop_token stop = {});

/// Ranges of every table, shuffled: writes spread over DynamoDB's partitions, and large tables do not all come last.
struct PlannedRange {
  std::size_t table = 0;           ///< In BoundModel::tables.
  source::Range range;
};
Result<std::vector<PlannedRange>> plan_ranges(const Migration& migration, const Snapshots& snapshots, std::uint64_t range_bytes);

/// The table that a range of a source is of; nullptr where the model does not read it any more.
const model::BoundTable* table_of(const model::BoundModel& model, std::size_t source, const source::Range& range);

}  // namespace itemize::pipeline
