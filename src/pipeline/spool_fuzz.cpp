// The unpacked bytes of a queue's frame, from anybody: no read outside of them, and every put lies within its buffers.
#include <cstdlib>

#include "pipeline/spool.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  itemize::item::ItemBatch batch;
  batch.tables.resize(4);
  if (!itemize::pipeline::parse_batch({reinterpret_cast<const char*>(data), size}, batch)) return 0;
  std::size_t sum = 0;
  for (const auto& table : batch.tables)
    for (const auto& put : table.puts) {
      for (const char byte : table.framed(put)) sum += static_cast<unsigned char>(byte);
      for (const char byte : table.key(put)) sum += static_cast<unsigned char>(byte);
      for (const char byte : table.origin(put)) sum += static_cast<unsigned char>(byte);
    }
  if (sum == static_cast<std::size_t>(-1)) std::abort();
  return 0;
}
