#include "sink/files/part_file.h"

#include <utility>

#include "base/checksum.h"

namespace itemize::sink {

Result<PartFile> PartFile::create(std::string temporary_path, PartTools tools) {
  auto writer = TRY(BlockWriter::create(std::move(temporary_path), std::exchange(tools.blocks, {})));
  return PartFile(std::move(writer), std::move(tools));
}

Result<void> PartFile::write(std::string_view text, std::uint64_t items) {
  items_ += items;
  uncompressed_bytes_ += text.size();
  if (!tools_.compressor) return append(text);
  tools_.compressor->append(text, tools_.compressed);
  TRY(append(tools_.compressed.view()));
  tools_.compressed.clear();
  return {};
}

Result<PartTools> PartFile::finish() {
  if (tools_.compressor) {
    tools_.compressor->finish(tools_.compressed);
    TRY(append(tools_.compressed.view()));
    tools_.compressed.clear();
  }
  tools_.blocks = TRY(writer_->finish());
  return std::move(tools_);
}

Result<void> PartFile::append(std::string_view bytes) {
  crc_ = crc32c(crc_, bytes);
  bytes_ += bytes.size();
  return writer_->append(bytes);
}

}  // namespace itemize::sink
