// BlockWriter: a file written in large blocks by a thread of its own, past the page cache where the file system allows it.
//
// Why: the copy into the page cache, with the making of its pages, was a quarter of an export's CPU time (bench/README.md), on the
// thread that reads and transforms; and an export leaves nothing in the cache that anybody reads soon, but pushes out what others
// need. The disk's own time runs beside the next rows.
#pragma once

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace itemize::sink {

struct FreeBlock {
  void operator()(char* block) const { std::free(block); }
};
/// block_size bytes, aligned for O_DIRECT. Costly to touch for the first time, so blocks are handed from file to file.
using Block = std::unique_ptr<char, FreeBlock>;

/// Used by one thread. An error of the disk comes back from a later append(), or from finish(); after it nothing more is written.
class BlockWriter {
 public:
  static constexpr std::size_t block_size = 1 << 20;

  /// Makes the file, or empties it.
  static Result<std::unique_ptr<BlockWriter>> create(std::string path, std::vector<Block> spare);
  /// Waits for a write under way; the file stays as it is then.
  ~BlockWriter();
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  /// Copies the bytes; waits while the disk is three blocks behind.
  Result<void> append(std::string_view bytes);
  /// Everything is on the disk when this returns. Gives the blocks back.
  Result<std::vector<Block>> finish();

 private:
  BlockWriter(File file, std::vector<Block> spare);
  Result<Block> take_block();
  Result<void> hand_over();
  void end_thread();
  void write_blocks();  ///< The thread.
  Result<void> write_block(std::string_view bytes);
  void leave_direct();
  void start_writeback();

  File file_;  ///< The thread's while it runs.
  bool direct_ = false;
  std::uint64_t written_ = 0;
  std::uint64_t handed_to_disk_ = 0;

  Block current_;
  std::size_t filled_ = 0;
  std::thread thread_;  ///< Runs from the first full block on: small files need none.

  std::mutex mutex_;  ///< Of all below.
  std::condition_variable changed_;
  std::deque<Block> full_;
  std::vector<Block> empty_;
  std::size_t blocks_ = 0;  ///< In all.
  std::optional<Error> failure_;
  bool ended_ = false;
};

}  // namespace itemize::sink
