// PartFile: one file of an export while it is being written, under its temporary name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/compress.h"
#include "base/error.h"
#include "base/file.h"

namespace itemize::sink {

/// What a part needs besides its file; costly to make, so it is handed from part to part.
struct PartTools {
  std::unique_ptr<Compressor> compressor;  ///< nullptr: uncompressed.
  Buffer pending;                          ///< Bytes for the disk that are not yet worth a system call.
};

/// The file stays under its temporary name, complete or not: its owner renames or removes it.
class PartFile {
 public:
  static Result<PartFile> create(std::string temporary_path, PartTools tools);
  PartFile(PartFile&&) noexcept = default;
  PartFile& operator=(PartFile&&) noexcept = default;

  Result<void> write(std::string_view text, std::uint64_t items);
  /// Everything is on the disk when this returns. Gives the tools back.
  Result<PartTools> finish();

  std::uint64_t items() const { return items_; }
  std::uint64_t bytes() const { return bytes_; }                            ///< As on disk; complete after finish().
  std::uint64_t uncompressed_bytes() const { return uncompressed_bytes_; }
  std::uint32_t crc() const { return crc_; }                                ///< CRC-32C of the bytes on disk.

 private:
  PartFile(File file, PartTools tools) : file_(std::move(file)), tools_(std::move(tools)) {}
  /// Writes what is pending and then `more`.
  Result<void> flush(std::string_view more = {});
  void start_writeback();

  File file_;
  PartTools tools_;
  std::uint64_t items_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t uncompressed_bytes_ = 0;
  std::uint64_t handed_to_disk_ = 0;
  std::uint32_t crc_ = 0;
};

}  // namespace itemize::sink
