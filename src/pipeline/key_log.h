// KeyLog: the primary keys that one worker is about to send to DynamoDB in one generation.
//
// Two questions are answered from it after a crash: which keys did an older generation write that no newer one did (stale_keys.h),
// and which requests may still be applied late, because nobody saw their answer.
//
// A key is its JSON text as in item::TableItems::keys. Equal keys must have equal text: transform writes one canonical form.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "item/batch.h"

namespace itemize::pipeline {

/// Written by one thread. What append() wrote survives kill -9, because it is with the kernel; only sync() makes it survive a
/// power loss (SentKeys calls it once a second, and move.cpp knows when the machine was started anew).
class KeyLog {
 public:
  /// Makes the log (mode 0600: keys are data), or carries on with one that a crash left: its torn end is cut off.
  static Result<KeyLog> open(const std::string& path);

  /// Call it before the request leaves. Returns the id to acknowledge. After an Error (disk full) nothing may be sent; the log
  /// is as before the call.
  Result<std::uint64_t> append(std::size_t table, std::span<const std::string_view> keys);
  /// All keys of a batch.
  Result<std::uint64_t> append(std::size_t table, const item::TableItems& items);
  /// The outcome of all requests of this append is known. Costs nothing now: it goes to the file with the next append or flush.
  /// When it is lost, the keys count as unknown, which is the safe side.
  void acknowledge(std::uint64_t append_id) { acknowledged_.push_back(append_id); }
  /// Writes the acknowledgements out.
  Result<void> flush();
  /// flush, and onto the disk.
  Result<void> sync();

 private:
  explicit KeyLog(File file) : file_(std::move(file)) {}
  void append_acknowledgements();
  /// Writes out_; on an Error takes back what was written of it.
  Result<void> write_out();

  File file_;
  Buffer out_;
  std::vector<std::uint64_t> acknowledged_;
  std::uint64_t size_ = 0;
  std::uint64_t next_id_ = 0;
};

/// A key of a log; the view is valid during the call only. An Error from it ends the reading.
using KeyVisitor = std::function<Result<void>(std::size_t table, std::string_view key)>;

/// All keys, in the order written; a key may come several times. A torn end is no error; damage elsewhere is (io), with the path.
Result<void> read_keys(const std::string& path, const KeyVisitor& visit);
/// Only the keys whose requests nobody saw the end of.
Result<void> read_unacknowledged_keys(const std::string& path, const KeyVisitor& visit);

}  // namespace itemize::pipeline
