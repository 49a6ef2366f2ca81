// PartFile: one file of an export while it is being written, under its temporary name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/compress.h"
#include "base/error.h"
#include "sink/files/block_writer.h"

namespace itemize::sink {

/// What a part needs besides its file; costly to make, so it is handed from part to part.
struct PartTools {
  std::unique_ptr<Compressor> compressor;  ///< nullptr: uncompressed.
  Buffer compressed;                       ///< Where the compressor writes.
  std::vector<Block> blocks;
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
  std::uint64_t bytes() const { return bytes_; }  ///< As on disk; complete after finish().
  std::uint64_t uncompressed_bytes() const { return uncompressed_bytes_; }
  std::uint32_t crc() const { return crc_; }  ///< CRC-32C of the bytes on disk.

 private:
  PartFile(std::unique_ptr<BlockWriter> writer, PartTools tools) : writer_(std::move(writer)), tools_(std::move(tools)) {}
  Result<void> append(std::string_view bytes);

  std::unique_ptr<BlockWriter> writer_;
  PartTools tools_;
  std::uint64_t items_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t uncompressed_bytes_ = 0;
  std::uint32_t crc_ = 0;
};

}  // namespace itemize::sink
