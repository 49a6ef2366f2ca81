// CRC-32C, the checksum of the files that we make. Wraps ISA-L.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace itemize {

/// CRC-32C (Castagnoli; RFC 3720, B.4) of the bytes that gave `previous` followed by `bytes`; begin with 0.
std::uint32_t crc32c(std::uint32_t previous, std::string_view bytes);

/// As Amazon S3 writes it in x-amz-checksum-crc32c: base64 of the four bytes, most significant first ("4waSgw==").
std::string crc32c_text(std::uint32_t crc);

}  // namespace itemize
