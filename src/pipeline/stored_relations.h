// StoredRelations: related rows in the local store, filled from the snapshot before the first row is widened.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "pipeline/gate.h"
#include "pipeline/migration.h"
#include "pipeline/progress.h"
#include "pipeline/related_rows.h"
#include "pipeline/snapshots.h"
#include "pipeline/workers.h"
#include "store/row_store.h"

namespace itemize::pipeline {

struct FillOptions {
  int connections = 1;
  std::uint64_t range_bytes = 32 << 20;
  Gate* gate = nullptr;
  ReaderSlots* slots = nullptr;
  std::stop_token stop;
};

/// What was read for one key of a related table.
struct StoredCount {
  std::uint64_t rows = 0;         ///< In the store.
  std::uint64_t without_key = 0;  ///< Left out: a column of the key is NULL.
};

class StoredRelations : public Related {
 public:
  /// Reads every related table of the joins into a store in `folder` (removed first, and when this is destroyed).
  /// Errors: the source's; io where the disk has no room.
  static Result<std::unique_ptr<StoredRelations>> fill(const Snapshots& snapshots, const Joins& joins, const std::string& folder,
                                                       const FillOptions& options, Progress& progress);

  const Joins& joins() const override { return joins_; }
  std::unique_ptr<RelatedRows> open() const override;
  /// By RelatedTable::Key::number.
  const std::map<store::TableNumber, StoredCount>& counts() const { return counts_; }
  std::uint64_t bytes_on_disk() const { return store_->bytes_on_disk(); }

 private:
  friend class StoreFilling;
  StoredRelations(const Joins& joins, std::unique_ptr<store::RowStore> store) : joins_(joins), store_(std::move(store)) {}

  const Joins& joins_;
  std::unique_ptr<store::RowStore> store_;
  std::map<store::TableNumber, StoredCount> counts_;
};

/// Where the store of a run lies.
std::string store_folder(const std::string& state_folder);

/// What filling the store will about take on the disk, as the sources guess; and a `conflict` Error where there is not so much.
std::uint64_t estimated_store_bytes(const Joins& joins);
Result<void> check_store_space(const Joins& joins, const std::string& existing_folder);

/// "order_lines, products"
std::string names_of(const Joins& joins);

}  // namespace itemize::pipeline
