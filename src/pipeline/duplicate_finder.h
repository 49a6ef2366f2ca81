// DuplicateFinder: rows that would become items with the same key, found exactly, in bounded memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "pipeline/key_groups.h"

namespace itemize::pipeline {

struct DuplicateFinderOptions {
  std::string folder;             ///< For temporary files; must exist.
  std::size_t memory = 64 << 20;  ///< Bytes, about.
  std::uint32_t origins = 5;      ///< So many rows of a duplicated key are told.
};

/// One row that becomes an item with the key.
struct Occurrence {
  std::uint32_t item_type = 0;
  std::string_view origin;
};

/// A key that more than one row has. Views are valid during the call only.
struct Duplicate {
  std::size_t table = 0;
  std::string_view key;
  std::uint64_t count = 0;                  ///< Rows, all of them.
  std::span<const Occurrence> occurrences;  ///< The first ones, in the order they were added.
  bool alike = false;                       ///< All rows were added as copies with one content:
  std::span<const CopiesAt> places;         ///< so many at each place, by place.
};
using DuplicateHandler = std::function<Result<void>(const Duplicate&)>;

/// Used by one thread.
class DuplicateFinder {
 public:
  explicit DuplicateFinder(const DuplicateFinderOptions& options);

  /// `key`: the key's JSON text, as in item::TableItems::keys; equal keys must have equal text. `origin` is given back as it is:
  /// the shorter, the less is spilled.
  /// `copy`: where it matters whether the rows of a key are alike.
  Result<void> add(std::size_t table, std::string_view key, std::uint32_t item_type, std::string_view origin,
                   std::optional<Copy> copy = {});
  /// Tells each duplicated key once; returns how many there are. The finder is used up.
  Result<std::uint64_t> finish(const DuplicateHandler& handle);

 private:
  KeyGroups groups_;
  std::string joined_;
  std::string note_;
};

}  // namespace itemize::pipeline
