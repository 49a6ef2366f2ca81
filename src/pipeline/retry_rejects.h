// Retrying rejects: rows that could not become items when they were loaded are read again, and written where they fit now.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/destination.h"
#include "pipeline/migration.h"
#include "pipeline/progress.h"

namespace itemize::pipeline {

/// What became of the rejects of one item type.
struct RetriedType {
  std::string name;
  std::uint64_t written = 0;      ///< Items.
  std::uint64_t still = 0;        ///< Rejected again, perhaps for another reason.
  std::uint64_t gone = 0;         ///< No such row any more, or `where` leaves it out now: the reject is dropped.
  std::uint64_t masked = 0;       ///< Kept: its key is sensitive, and so was never written down.
  std::uint64_t unproven = 0;     ///< Kept: the type's keys are not proven unique, so that one row alone cannot be judged.

  std::uint64_t left() const { return still + masked + unproven; }
};

struct RetryOptions {
  bool allow_global_lock = false;
  std::stop_token stop;
};

/// Of the last load into this destination, which must be finished. The rows are read by primary key, at a new snapshot; only items of
/// the rejecting type are written. Each <Item>.jsonl is replaced once its rows are durable: an interruption costs repeated work only.
/// Errors: no finished load (not_found, conflict).
Result<std::vector<RetriedType>> retry_rejects(const Migration& migration, Destination& destination, const RetryOptions& options, Progress& progress);

/// How many rejects of each selected item type there are: for a dry run.
Result<std::vector<std::pair<std::string, std::uint64_t>>> count_rejects(const Migration& migration);

}  // namespace itemize::pipeline
