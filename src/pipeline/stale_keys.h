// Stale keys: what only an older generation of a run wrote, and which therefore must be deleted at the end of the newest one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace itemize::pipeline {

struct StaleKeysOptions {
  std::string folder;             ///< For temporary files; must exist.
  std::size_t memory = 64 << 20;  ///< Bytes, about.
  std::size_t batch = 25;         ///< Keys a call: what BatchWriteItem takes.
  /// The table of an owner (key_owners.h): two owners' keys are one where their tables are one. Empty: each owner is a table.
  std::function<std::size_t(std::size_t owner)> table_of;
};

/// A log, and whose keys in it count.
struct CountedLog {
  std::string path;
  std::function<bool(std::size_t owner)> counts;  ///< Empty: all.
};

/// Keys of one table; views are valid during the call only. An Error ends the search.
using StaleKeysHandler = std::function<Result<void>(std::size_t table, std::span<const std::string_view> keys)>;

/// Hands out each key that counts in a log of `older` and in none of `current`, once. Returns how many there were.
/// Reads each log once; memory and temporary space depend on `older` and, where that does not fit in memory, on both.
Result<std::uint64_t> find_stale_keys(std::span<const CountedLog> older, std::span<const CountedLog> current,
                                      const StaleKeysOptions& options, const StaleKeysHandler& handle);

}  // namespace itemize::pipeline
