#include "pipeline/snapshots.h"

#include <algorithm>
#include <random>

#include "pipeline/sampling.h"

namespace itemize::pipeline {
namespace {

/// Import from S3 takes 50,000 objects (facts of AWS): ranges grow with the tables so that there are never that many files.
constexpr std::uint64_t most_ranges = 20'000;

}  // namespace

Result<Snapshots> take_snapshots(const Migration& migration, const source::SnapshotOptions& options, std::stop_token stop) {
  Snapshots snapshots;
  snapshots.by_source.resize(migration.model().sources.size());
  for (const model::BoundTable& table : migration.bound->tables) {
    auto& snapshot = snapshots.by_source[table.source];
    if (snapshot == nullptr) snapshot = TRY_WITH("taking a snapshot of source " + migration.model().sources[table.source].name, migration.sources[table.source]->snapshot(options));
  }
  if (migration.sample) snapshots.filter = TRY(sample_rows(migration, snapshots, stop));
  const bool names_schemas = std::ranges::any_of(migration.bound->tables, [](const model::BoundTable& table) { return table.schema_slot.has_value(); });
  if (snapshots.filter == nullptr && !names_schemas) return snapshots;
  for (auto& snapshot : snapshots.by_source)
    if (snapshot != nullptr) snapshot = with_rows_of(*migration.bound, std::move(snapshot), snapshots.filter);
  return snapshots;
}

Result<std::vector<PlannedRange>> plan_ranges(const Migration& migration, const Snapshots& snapshots, std::uint64_t range_bytes) {
  std::uint64_t bytes = 0;
  for (const model::BoundTable& table : migration.bound->tables) bytes += table.table->estimated_bytes.value_or(0);
  const std::uint64_t target = std::max(range_bytes, bytes / most_ranges);
  std::vector<PlannedRange> planned;
  for (std::size_t index = 0; index < migration.bound->tables.size(); ++index) {
    const model::BoundTable& table = migration.bound->tables[index];
    if (snapshots.filter != nullptr && !snapshots.filter->takes(*table.table)) continue;
    for (source::Range& range : TRY_WITH("table " + table.table->display_name(), snapshots.of(table).plan(*table.table, target)))
      planned.push_back({index, std::move(range)});
  }
  std::ranges::shuffle(planned, std::mt19937_64(std::random_device{}()));
  return planned;
}

const model::BoundTable* table_of(const model::BoundModel& model, std::size_t source, const source::Range& range) {
  for (const model::BoundTable& table : model.tables)
    if (table.source == source && table.table->name == range.table && table.table->schema == range.schema) return &table;
  return nullptr;
}

}  // namespace itemize::pipeline
