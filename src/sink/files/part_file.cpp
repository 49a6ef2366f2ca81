#include "sink/files/part_file.h"

#include <fcntl.h>

#include "base/checksum.h"

namespace itemize::sink {
namespace {

/// A write(2) of this size costs little more than the copy into the page cache.
constexpr std::size_t write_size = 256 * 1024;
/// After so many bytes the kernel is asked to begin writing them out, so that finish() finds little left to wait for, and the
/// kernel's dirty limit (20% of memory, at which it would stop us for seconds) is never reached.
constexpr std::uint64_t writeback_size = 8 * 1024 * 1024;

}  // namespace

Result<PartFile> PartFile::create(std::string temporary_path, PartTools tools) {
  File file = TRY(File::open(std::move(temporary_path), O_WRONLY | O_CREAT | O_TRUNC));
  return PartFile(std::move(file), std::move(tools));
}

Result<void> PartFile::write(std::string_view text, std::uint64_t items) {
  items_ += items;
  uncompressed_bytes_ += text.size();
  if (tools_.compressor) {
    tools_.compressor->append(text, tools_.pending);
    return tools_.pending.size() >= write_size ? flush() : Result<void>();
  }
  // Large batches go to the kernel from where transform wrote them; only small ones are gathered.
  if (tools_.pending.size() + text.size() >= write_size) return flush(text);
  tools_.pending.append(text);
  return {};
}

Result<PartTools> PartFile::finish() {
  if (tools_.compressor) tools_.compressor->finish(tools_.pending);
  TRY(flush());
  TRY(file_.sync());
  TRY(file_.close());
  return std::move(tools_);
}

Result<void> PartFile::flush(std::string_view more) {
  const std::string_view pending = tools_.pending.view();
  crc_ = crc32c(crc32c(crc_, pending), more);
  TRY(file_.write(pending, more));
  bytes_ += pending.size() + more.size();
  tools_.pending.clear();
  start_writeback();
  return {};
}

void PartFile::start_writeback() {
  if (bytes_ - handed_to_disk_ < writeback_size) return;
  // Only advice: where the file system does not know it, the sync at the end does the whole work.
  (void)::sync_file_range(file_.descriptor(), static_cast<off64_t>(handed_to_disk_), static_cast<off64_t>(bytes_ - handed_to_disk_),
                          SYNC_FILE_RANGE_WRITE);
  handed_to_disk_ = bytes_;
}

}  // namespace itemize::sink
