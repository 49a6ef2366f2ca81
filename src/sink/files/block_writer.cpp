#include "sink/files/block_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace itemize::sink {
namespace {

/// One is filled while others wait for the disk: enough to ride out a slow write, little beside a worker's other memory.
constexpr std::size_t most_blocks = 4;
/// The largest alignment that disks ask for (statx(2), STATX_DIOALIGN: 512 or 4096). Where it is not enough, O_DIRECT is given up.
constexpr std::size_t alignment = 4096;
/// Without O_DIRECT: after so many bytes the kernel is asked to begin writing them out, so that finish() finds little left to wait
/// for, and the kernel's dirty limit (20% of memory, at which it would stop us for seconds) is never reached.
constexpr std::uint64_t writeback_size = 8 * 1024 * 1024;

}  // namespace

BlockWriter::BlockWriter(File file, std::vector<Block> spare) : file_(std::move(file)), empty_(std::move(spare)), blocks_(empty_.size()) {
  const int flags = ::fcntl(file_.descriptor(), F_GETFL);
  direct_ = flags >= 0 && ::fcntl(file_.descriptor(), F_SETFL, flags | O_DIRECT) == 0;
}

BlockWriter::~BlockWriter() {
  {
    const std::lock_guard lock(mutex_);
    full_.clear();
  }
  end_thread();
}

Result<std::unique_ptr<BlockWriter>> BlockWriter::create(std::string path, std::vector<Block> spare) {
  File file = TRY(File::open(std::move(path), O_WRONLY | O_CREAT | O_TRUNC));
  return std::unique_ptr<BlockWriter>(new BlockWriter(std::move(file), std::move(spare)));
}

Result<void> BlockWriter::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (current_ == nullptr) current_ = TRY(take_block());
    const std::size_t size = std::min(bytes.size(), block_size - filled_);
    std::memcpy(current_.get() + filled_, bytes.data(), size);
    filled_ += size;
    bytes.remove_prefix(size);
    if (filled_ == block_size) TRY(hand_over());
  }
  return {};
}

Result<std::vector<Block>> BlockWriter::finish() {
  end_thread();
  if (failure_) return std::unexpected(*std::move(failure_));
  leave_direct();  // the end is no whole block
  if (filled_ > 0) TRY(file_.write({current_.get(), filled_}));
  TRY(file_.sync());
  TRY(file_.close());
  if (current_ != nullptr) empty_.push_back(std::move(current_));
  return std::move(empty_);
}

Result<Block> BlockWriter::take_block() {
  std::unique_lock lock(mutex_);
  if (empty_.empty() && blocks_ < most_blocks) {
    char* memory = static_cast<char*>(std::aligned_alloc(alignment, block_size));
    if (memory == nullptr) throw std::bad_alloc();
    ++blocks_;
    return Block(memory);
  }
  changed_.wait(lock, [this] { return !empty_.empty(); });
  if (failure_) return std::unexpected(*failure_);
  Block block = std::move(empty_.back());
  empty_.pop_back();
  return block;
}

Result<void> BlockWriter::hand_over() {
  {
    const std::lock_guard lock(mutex_);
    if (failure_) return std::unexpected(*failure_);
    full_.push_back(std::move(current_));
    filled_ = 0;
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { write_blocks(); });
  changed_.notify_all();
  return {};
}

void BlockWriter::end_thread() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BlockWriter::write_blocks() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ended_ || !full_.empty(); });
    if (full_.empty()) return;
    Block block = std::move(full_.front());
    full_.pop_front();
    if (!failure_) {
      lock.unlock();
      Result<void> written = write_block({block.get(), block_size});
      lock.lock();
      if (!written) failure_ = std::move(written).error();
    }
    empty_.push_back(std::move(block));
    changed_.notify_all();
  }
}

Result<void> BlockWriter::write_block(std::string_view bytes) {
  while (direct_ && !bytes.empty()) {
    const ssize_t written = ::write(file_.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    // A file system that takes O_DIRECT and then does not, or a disk that is full to the last byte: File tries, and says what is wrong.
    if (written < 0)
      leave_direct();
    else
      bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  TRY(file_.write(bytes));
  written_ += block_size;
  if (!direct_) start_writeback();
  return {};
}

void BlockWriter::leave_direct() {
  if (!std::exchange(direct_, false)) return;
  const int flags = ::fcntl(file_.descriptor(), F_GETFL);
  if (flags >= 0) (void)::fcntl(file_.descriptor(), F_SETFL, flags & ~O_DIRECT);
}

void BlockWriter::start_writeback() {
  if (written_ - handed_to_disk_ < writeback_size) return;
  // Only advice: where the file system does not know it, the sync at the end does the whole work.
  (void)::sync_file_range(file_.descriptor(), static_cast<off64_t>(handed_to_disk_), static_cast<off64_t>(written_ - handed_to_disk_),
                          SYNC_FILE_RANGE_WRITE);
  handed_to_disk_ = written_;
}

}  // namespace itemize::sink
