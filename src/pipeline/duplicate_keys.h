// DuplicateKeys: keys that more than one row has, and what the model says becomes of those rows (identity: row).
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

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

  Result<void> add(std::size_t table, std::string_view key) {
    const std::lock_guard lock(mutex_);
    std::string buffer;
    bytes_ += key.size() + 64;
    if (bytes_ > most_bytes) {
      return fail(ErrorCode::invalid_input, "more keys are shared by several rows than fit into memory",
                  "choose a key that tells the rows apart, or read from a view that holds each row once");
    }
    seen_.emplace(join_table_key(table, key, buffer), false);
    return {};
  }
  bool empty() const { return seen_.empty(); }

  Verdict judge(std::size_t table, std::string_view key, model::Duplicates policy) {
    const std::lock_guard lock(mutex_);
    const auto found = seen_.find(std::string(join_table_key(table, key, buffer_)));
    if (found == seen_.end()) return Verdict::write;
    if (policy != model::Duplicates::keep_one) return Verdict::reject;
    return std::exchange(found->second, true) ? Verdict::drop : Verdict::write;
  }

 private:
  std::mutex mutex_;
  std::string buffer_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::string, bool> seen_;   // true: one row has been written
};

}  // namespace itemize::pipeline
