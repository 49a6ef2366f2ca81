// Rejects: rows that could not become items, kept as JSON lines for people and for `load --retry-rejects`.
//
//   <state>/rejects/parts/<run>/<range>.jsonl   of one range, synced before the range counts as done; <range>-read.jsonl and
//                                               <range>-queue.jsonl: when it was read into the queue, and written from there
//   <state>/rejects/<Item>.jsonl                of one item type, made of the parts by publish()
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "item/rejection.h"

namespace itemize::pipeline {

/// One reject. Views are copied.
struct RejectLine {
  std::string_view item_type;
  std::string_view origin;   ///< JSON, as transform's append_origin makes it, sensitive key values already masked.
  std::string_view row;      ///< JSON, masked; empty where the row is not at hand (DynamoDB refused the item later), but
  std::string_view item;     ///< the item is: JSON, masked.
  const item::Rejection* rejection = nullptr;
};

struct RejectCounter;

/// The rejects of one range. One thread; nothing is made on disk before the first line. A part that is dropped unfinished (the range
/// is read again) does not count.
class RejectPart {
 public:
  RejectPart(std::string path, std::shared_ptr<RejectCounter> counter) : path_(std::move(path)), counter_(std::move(counter)) {}
  RejectPart(RejectPart&&) = default;
  ~RejectPart();
  /// A `cancelled` Error where this is one more than --max-rejects allows (the line is written all the same).
  Result<void> add(const RejectLine& line);
  /// Onto the disk.
  Result<void> finish();
  /// The range is read again elsewhere: nothing of this counts.
  void discard();
  std::uint64_t count() const { return count_; }

 private:
  std::string path_;
  std::shared_ptr<RejectCounter> counter_;
  File file_;
  std::uint64_t count_ = 0;
  bool finished_ = false;
};

/// The rejects of one run. begin() and count() are thread-safe.
class Rejects {
 public:
  /// `already`: rejects of finished ranges that stay; they count against `maximum`.
  Rejects(std::string state_folder, std::int64_t run, std::optional<std::uint64_t> maximum, std::uint64_t already);
  enum class Stage : std::uint8_t { direct, spooling, draining };
  RejectPart begin(std::int64_t range_id, Stage stage = Stage::direct);
  std::uint64_t count() const;
  /// The `count` rejects of a finished direct part do not count: its range was read once more, into the queue.
  void forget(std::int64_t range_id, std::uint64_t count);
  /// Removes what earlier attempts left: all parts but those of these ranges.
  Result<void> keep_only(std::span<const std::int64_t> ranges);
  /// Makes the files of these item types from the parts there are; those without rejects are removed. May be repeated.
  Result<void> publish(std::span<const std::string> item_types);
  /// When the run is recorded as finished, its parts are of no more use.
  Result<void> remove_parts();
  std::string part_path(std::int64_t range_id, Stage stage = Stage::direct) const;
  /// Where an item type's rejects stand.
  static std::string path_of(const std::string& state_folder, const std::string& item_type);

 private:
  std::string folder_;
  std::string parts_;
  std::shared_ptr<RejectCounter> counter_;
};

}  // namespace itemize::pipeline
