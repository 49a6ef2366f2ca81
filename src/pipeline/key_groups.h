// KeyGroups: groups records by key, exactly, in bounded memory. What does not fit is spilled to unnamed temporary files.
//
// The method is a hash table that, when full, is poured into 64 partition files by bits of the key's hash; each partition is then
// grouped by itself, in the same way with further bits where it is still too large. A group is merged as early as possible, so
// that one key with a billion records stays one entry.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace itemize::pipeline {

struct KeyGroupsOptions {
  std::string folder;               ///< For temporary files; must exist. They vanish with the process.
  std::size_t memory = 64 << 20;    ///< Bytes, about; 64 open files at each of few levels come on top.
  std::uint32_t notes_per_key = 0;  ///< So many notes of a key, the first ones, are kept.
};

/// A record that may be alike others of its key: a hash of all that it says, and where it stands.
struct Copy {
  std::uint64_t content = 0;
  std::uint32_t place = 0;
};
/// How many of a key's records stand at one place.
struct CopiesAt {
  std::uint32_t place = 0;
  std::uint64_t count = 0;
};

/// One key and all that was said about it. Views are valid during the call only.
struct KeyGroup {
  std::string_view key;
  std::uint64_t count = 0;  ///< add() calls.
  bool marked = false;
  std::span<const std::string_view> notes;  ///< In the order of add(), at most notes_per_key.
  bool alike = false;                       ///< All its records were Copies with one content.
  std::span<const CopiesAt> places;         ///< Where alike: by place.
};
using KeyGroupVisitor = std::function<Result<void>(const KeyGroup&)>;

/// Used by one thread: all add(), then all mark(), then finish() once.
class KeyGroups {
 public:
  explicit KeyGroups(KeyGroupsOptions options);
  ~KeyGroups();
  KeyGroups(KeyGroups&&) noexcept;
  KeyGroups& operator=(KeyGroups&&) noexcept;

  /// Errors: no space or no access in the folder.
  Result<void> add(std::string_view key, std::string_view note = {}, std::optional<Copy> copy = {});
  /// Marks the key's group; keys that were never added are forgotten, so that marking costs memory only for the added ones.
  Result<void> mark(std::string_view key);
  /// Visits each added key once, in no particular order but always the same for the same input. An Error of the visitor ends it.
  Result<void> finish(const KeyGroupVisitor& visit);

 private:
  class Level;
  std::unique_ptr<Level> level_;
};

}  // namespace itemize::pipeline
