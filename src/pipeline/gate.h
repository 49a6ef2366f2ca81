// Gate: what holds the readers back, and why: the user (control pause), the source's load, its replicas, a full queue.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/error.h"

namespace itemize::pipeline {

/// Who closes it because the user said so.
inline constexpr const char* gate_of_user = "user";

/// Thread-safe. Open as long as nobody has a reason to close it.
class Gate {
 public:
  /// `who` closes it for a reason in words ("Threads_running is 31, more than 25"), or changes the reason.
  void close(const std::string& who, std::string why) {
    const std::lock_guard lock(mutex_);
    reasons_[who] = std::move(why);
  }
  /// `who` has no reason any more.
  void open(const std::string& who) {
    {
      const std::lock_guard lock(mutex_);
      if (reasons_.erase(who) == 0) return;
    }
    changed_.notify_all();
  }
  /// All reasons, "; " between them; empty while it is open.
  std::string reasons() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [who, why] : reasons_) text += (text.empty() ? "" : "; ") + why;
    return text;
  }
  bool is_open() const {
    const std::lock_guard lock(mutex_);
    return reasons_.empty();
  }
  /// For work that does not touch the source: waits only while `who` has a reason.
  Result<void> pass_reason(const std::string& who, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !reasons_.contains(who); })) return fail(ErrorCode::cancelled, "stopped");
    return {};
  }
  /// Returns when it is open; a `cancelled` Error when stopped meanwhile.
  Result<void> pass(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return reasons_.empty(); })) return fail(ErrorCode::cancelled, "stopped");
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, std::string> reasons_;
};

}  // namespace itemize::pipeline
