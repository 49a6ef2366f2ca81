// CRC-32 as gzip and X-Amz-Crc32 use it (IEEE 802.3, reflected), over ISA-L, whose headers stay in crc32.cpp.
#pragma once

#include <cstdint>
#include <string_view>

namespace itemize {

/// The CRC-32 of `bytes`, going on from `before` (the CRC of what came earlier).
std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);

}  // namespace itemize
