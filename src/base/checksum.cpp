#include "base/checksum.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <limits>

namespace itemize {

std::uint32_t crc32c(std::uint32_t previous, std::string_view bytes) {
  // ISA-L neither inverts before nor after, and counts in int.
  std::uint32_t state = ~previous;
  while (!bytes.empty()) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), std::numeric_limits<int>::max() / 2);
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    state = crc32_iscsi(data, static_cast<int>(size), state);
    bytes.remove_prefix(size);
  }
  return ~state;
}

std::string crc32c_text(std::uint32_t crc) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::uint64_t bits = static_cast<std::uint64_t>(crc) << 4;  // 36 bits: six digits, then padding
  std::string text;
  for (int shift = 30; shift >= 0; shift -= 6) text += digits[(bits >> shift) & 63];
  return text + "==";
}

}  // namespace itemize
