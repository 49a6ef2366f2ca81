// Fast 64-bit hashes for tables, partitions and torn-write detection. Not cryptographic. Wraps xxHash.
#pragma once

#include <cstdint>
#include <string_view>

namespace itemize {

/// XXH3, 64 bits. The same on every machine and in every version (the algorithm is frozen), so it may be stored.
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace itemize
