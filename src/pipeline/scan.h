// Scan: reads the source and makes every item without writing one: what will not fit, which keys collide, how large items are.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/duplicate_finder.h"
#include "pipeline/progress.h"
#include "pipeline/related_rows.h"
#include "pipeline/snapshots.h"

namespace itemize::pipeline {

/// How many items have which size: buckets of one 16th of a power of two, so that percentiles are right within 6 percent.
class SizeDistribution {
 public:
  void add(std::uint32_t bytes);
  void merge(const SizeDistribution& other);
  /// The size that `share` (0..1) of the items do not exceed, rounded up to its bucket but never above the largest; 0 without items.
  std::uint32_t percentile(double share) const;
  std::uint32_t largest() const { return largest_; }
  std::uint64_t count() const { return count_; }

 private:
  static constexpr std::size_t buckets = 20 * 16;
  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint32_t largest_ = 0;
};

/// Why rows of an item type do not fit, with the first few of them.
struct ScanReject {
  std::uint64_t count = 0;
  struct Example {
    std::string origin;  ///< Sensitive keys masked.
    std::string attribute;
    std::string sentence;
  };
  std::vector<Example> examples;
};

struct ScanItemType {
  std::uint64_t items = 0;
  std::uint64_t skipped = 0;
  std::uint64_t bytes = 0;        ///< As DynamoDB counts them.
  std::uint64_t write_units = 0;  ///< Of the table itself.
  double index_write_units = 0;   ///< Of its indexes: counted on a sample of the items.
  double index_bytes = 0;         ///< Stored in indexes, from the same sample.
  SizeDistribution sizes;
  std::string largest_origin;
  std::uint64_t numbered = 0;                 ///< Of the items: copies of others, told apart by a number in the key.
  std::map<std::string, ScanReject> rejects;  ///< By reason code.

  std::uint64_t rejected() const;
};

struct Collision {
  std::size_t table = 0;
  std::string key;  ///< JSON
  std::uint64_t rows = 0;
  std::vector<std::pair<std::uint32_t, std::string>> occurrences;  ///< Item type and origin of the first few.
};

struct ScanReport {
  std::uint64_t rows = 0;
  std::vector<ScanItemType> items;  ///< By Model::items index.
  std::uint64_t collisions = 0;     ///< Keys that more than one row has, those that a `duplicates` policy deals with left out.
  std::vector<Collision> examples;  ///< The first few of them.
  std::vector<bool> keys_scanned;   ///< By Model::items index: its keys were compared; the others are proven.
};

struct ScanOptions {
  int threads = 1;
  std::uint64_t range_bytes = 32 << 20;
  bool only_unproven = false;  ///< Read only what must be read to know that keys do not collide.
  std::size_t most_examples = 5;
  std::stop_token stop;
  const std::vector<PlannedRange>* ranges = nullptr;  ///< What is read; none: the tables, in ranges of range_bytes.
  /// Called for each duplicated key whose item types all have a policy for it. `numbered`: its rows get numbers; their places are those of
  /// the ranges that are read.
  std::function<Result<void>(const Duplicate& duplicate, bool numbered)> on_duplicate;
  const Related* related = nullptr;  ///< Related rows of the snapshots; none: a scan that needs some fills a store of its own.
};

/// Item types whose keys a scan must compare: not proven unique, or able to meet another type's.
std::vector<bool> unproven_items(const model::BoundModel& model);

/// Needs the state folder (or another) for temporary files: `folder` must exist.
Result<ScanReport> scan(const Migration& migration, const Snapshots& snapshots, const std::string& folder, const ScanOptions& options,
                        Progress& progress);

}  // namespace itemize::pipeline
