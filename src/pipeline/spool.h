// Spool: the items of one range on disk, between a source that should be let go and a target that is slower.
//
// One file a range, made of frames: size u32, size when unpacked u32, hash of the packed bytes u64, packed bytes (zstd). A frame
// holds one batch. The file counts only once the journal says `spooled`, which it does after the file was synced.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/buffer.h"
#include "base/compress.h"
#include "base/error.h"
#include "base/file.h"
#include "item/batch.h"

namespace itemize::pipeline {

std::string spool_folder(const std::string& state_folder);
std::string spool_path(const std::string& state_folder, std::int64_t range_id);

/// One thread.
class SpoolWriter {
 public:
  /// Replaces a file of that name. The folder is made (mode 0700), the file has mode 0600: items are data.
  static Result<SpoolWriter> create(const std::string& path);
  Result<void> write(const item::ItemBatch& batch);
  /// Everything is on the disk when this returns.
  Result<void> finish();
  std::uint64_t bytes() const { return bytes_; }   ///< On disk.

 private:
  SpoolWriter(File file, std::unique_ptr<Compressor> compressor) : file_(std::move(file)), compressor_(std::move(compressor)) {}
  File file_;
  std::unique_ptr<Compressor> compressor_;
  Buffer plain_;
  Buffer packed_;
  std::uint64_t bytes_ = 0;
};

/// One thread.
class SpoolReader {
 public:
  static Result<SpoolReader> open(const std::string& path);
  /// Clears `batch` and fills it with the next one; false at the end. A damaged or cut file is an io Error.
  Result<bool> next(item::ItemBatch& batch);

 private:
  explicit SpoolReader(File file) : file_(std::move(file)) {}
  /// False only at the end of the file, before the first byte.
  Result<bool> read_exactly(char* bytes, std::size_t size);
  std::unexpected<Error> damaged() const;
  File file_;
  std::string packed_;
};

/// The unpacked bytes of a frame, and back. False where they are no batch (fuzzed).
void append_batch(const item::ItemBatch& batch, Buffer& out);
bool parse_batch(std::string_view bytes, item::ItemBatch& batch);

}  // namespace itemize::pipeline
