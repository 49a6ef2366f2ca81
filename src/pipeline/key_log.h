// KeyLog: the primary keys that one worker is about to send to DynamoDB in one generation.
//
// After a crash it tells which keys an older generation wrote that no newer one did (stale_keys.h).
//
// A key is its JSON text as in item::TableItems::keys (item/batch.h). Equal keys must have equal text: transform writes one canonical form.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"

namespace itemize::pipeline {

/// A key belongs to an `owner`: the number of a table and an item type (key_owners.h).
///
/// Written by one thread. What append() wrote survives kill -9, because it is with the kernel; only sync() makes it survive a
/// power loss (SentKeys calls it once a second, and move.cpp knows when the machine was started anew).
class KeyLog {
 public:
  /// Makes the log (mode 0600: keys are data), or carries on with one that a crash left: its torn end is cut off.
  static Result<KeyLog> open(const std::string& path);

  /// Call it before the request leaves. After an Error (disk full) nothing may be sent; the log is as before the call.
  Result<void> append(std::size_t owner, std::span<const std::string_view> keys);
  /// Onto the disk.
  Result<void> sync() { return file_.sync(); }
  /// What others see as the time of the last write.
  Result<void> set_time(std::chrono::system_clock::time_point time) { return file_.set_time(time); }

 private:
  explicit KeyLog(File file) : file_(std::move(file)) {}
  /// Writes out_; on an Error takes back what was written of it.
  Result<void> write_out();

  File file_;
  Buffer out_;
  std::uint64_t size_ = 0;
};

/// A key of a log; the view is valid during the call only. An Error from it ends the reading.
using KeyVisitor = std::function<Result<void>(std::size_t owner, std::string_view key)>;

/// All keys, in the order written; a key may come several times. A torn end is no error; damage elsewhere is (io), with the path.
Result<void> read_keys(const std::string& path, const KeyVisitor& visit);

}  // namespace itemize::pipeline
