// DuplicateKeys: keys that more than one row has, and what the model says becomes of those rows (identity: row).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "model/model.h"
#include "pipeline/duplicate_finder.h"

namespace itemize::pipeline {

/// Filled by a scan of the same snapshot, then asked by all workers. The keys stand, sorted, in an unnamed file that the kernel may
/// page out: memory stays flat. 128 bits of two hashes stand for a key.
///
/// Copies are numbered without a word between workers: the scan has counted them in each range, and a range's numbers begin behind those
/// of the ranges before it. So a range has the same numbers however often it is read, and all together they are 1, 2, 3...
class DuplicateKeys {
 public:
  /// `folder`: for the file; must exist.
  explicit DuplicateKeys(std::string folder) : folder_(std::move(folder)) {}
  DuplicateKeys(const DuplicateKeys&) = delete;
  ~DuplicateKeys();

  // ---- the scan, one thread

  /// `numbered`: its rows are alike and are to be told apart by numbers; their places are positions in the list of ranges.
  Result<void> add(const Duplicate& duplicate, bool numbered);
  /// Call it after the last add(). `ranges`: ids, by place.
  Result<void> finish(const std::vector<std::int64_t>& ranges);

  // ---- the workers, any threads

  bool empty() const { return size_ == 0; }

  enum class What : std::uint8_t { write, reject, drop };
  struct Verdict {
    What what = What::write;
    std::uint64_t number = 1;  ///< Of the copy, from 1.
  };

  struct Digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const Digest&, const Digest&) = default;
  };
  struct DigestHash {
    std::size_t operator()(const Digest& digest) const { return digest.low; }
  };
  /// How often one attempt at a range has met each of these keys: where it is tried again, it begins with an empty one.
  using Met = std::unordered_map<Digest, std::uint64_t, DigestHash>;

  /// What becomes of the next row with the key in the range. keep_one: the first range that comes with the key owns it, and keeps it also
  /// when the range is read again.
  Verdict judge(std::size_t table, std::string_view key, model::Duplicates policy, std::int64_t range, Met& met);

 private:
  struct Record {
    Digest key;
    std::uint32_t place = 0;
    std::uint32_t copies = 0;  // at the place; 0: they are not numbered
    std::int64_t value = 0;    // numbered: of the first of them; otherwise the range that writes the one row
    friend auto operator<=>(const Record&, const Record&) = default;
  };
  static constexpr std::int64_t nobody = -1;
  static Digest digest_of(std::size_t table, std::string_view key);
  Result<void> flush();

  std::string folder_;
  File file_;
  std::vector<Record> pending_;
  Record* records_ = nullptr;  // sorted
  std::size_t size_ = 0;
  std::unordered_map<std::int64_t, std::uint32_t> places_;
};

}  // namespace itemize::pipeline
