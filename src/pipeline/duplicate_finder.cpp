#include "pipeline/duplicate_finder.h"

#include <cstring>
#include <vector>

#include "pipeline/table_key.h"

namespace itemize::pipeline {

DuplicateFinder::DuplicateFinder(const DuplicateFinderOptions& options)
    : groups_({.folder = options.folder, .memory = options.memory, .notes_per_key = options.origins}) {}

Result<void> DuplicateFinder::add(std::size_t table, std::string_view key, std::uint32_t item_type, std::string_view origin,
                                  std::optional<Copy> copy) {
  note_.assign(reinterpret_cast<const char*>(&item_type), sizeof item_type);
  note_ += origin;
  return groups_.add(join_table_key(table, key, joined_), note_, copy);
}

Result<std::uint64_t> DuplicateFinder::finish(const DuplicateHandler& handle) {
  std::uint64_t total = 0;
  std::vector<Occurrence> occurrences;
  TRY(groups_.finish([&](const KeyGroup& group) -> Result<void> {
    if (group.count < 2) return {};
    ++total;
    occurrences.clear();
    for (const std::string_view note : group.notes) {
      Occurrence& occurrence = occurrences.emplace_back();
      std::memcpy(&occurrence.item_type, note.data(), sizeof occurrence.item_type);
      occurrence.origin = note.substr(sizeof occurrence.item_type);
    }
    return handle({table_of(group.key), key_of(group.key), group.count, occurrences, group.alike, group.places});
  }));
  return total;
}

}  // namespace itemize::pipeline
