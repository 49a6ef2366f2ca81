// DuplicateKeys: keys that more than one row has, and what the model says becomes of those rows (identity: row).
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "item/batch.h"
#include "model/model.h"
#include "pipeline/table_key.h"

namespace itemize::pipeline {

/// Filled by a scan of the same snapshot, then asked by all workers. Thread-safe.
class DuplicateKeys {
 public:
  /// Of keys, about. More is an Error: so many duplicates are no accident.
  static constexpr std::size_t most_bytes = 256 << 20;

  enum class Verdict : std::uint8_t { write, reject, drop };

  /// Keys that one attempt at a range has written: where it is tried again, it begins with an empty one.
  using Written = std::unordered_set<std::string>;

  Result<void> add(std::size_t table, std::string_view key) {
    const std::lock_guard lock(mutex_);
    std::string buffer;
    bytes_ += key.size() + 64;
    if (bytes_ > most_bytes) {
      return fail(ErrorCode::invalid_input, "more keys are shared by several rows than fit into memory",
                  "choose a key that tells the rows apart, or read from a view that holds each row once");
    }
    owners_.emplace(join_table_key(table, key, buffer), nobody);
    return {};
  }
  bool empty() const { return owners_.empty(); }

  /// With keep_one, the first range that comes with the key owns it, and keeps it also when the range is read again.
  Verdict judge(std::size_t table, std::string_view key, model::Duplicates policy, std::int64_t range, Written& written) {
    const std::lock_guard lock(mutex_);
    const auto found = owners_.find(std::string(join_table_key(table, key, buffer_)));
    if (found == owners_.end()) return Verdict::write;
    if (policy != model::Duplicates::keep_one) return Verdict::reject;
    if (found->second == nobody) found->second = range;
    return found->second == range && written.insert(found->first).second ? Verdict::write : Verdict::drop;
  }

 private:
  std::mutex mutex_;
  std::string buffer_;
  std::size_t bytes_ = 0;
  static constexpr std::int64_t nobody = -1;
  std::unordered_map<std::string, std::int64_t> owners_;   // the range that writes the one row
};

}  // namespace itemize::pipeline
