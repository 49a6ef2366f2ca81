// Compression of the files that we make: gzip by ISA-L, zstd. Wraps both; their headers stay in compress.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/error.h"

namespace itemize {

enum class Compression : std::uint8_t { none, gzip, zstd };

/// ".gz", ".zst" or "".
std::string_view compression_suffix(Compression compression);
/// "none", "gzip", "zstd"; as DynamoDB's ImportTable names them, in small letters.
std::string_view compression_name(Compression compression);

/// The levels that a format takes (gzip: ISA-L's 0..3; zstd: -7..19), and the one taken where nothing is said.
struct CompressionLevels {
  int lowest = 0;
  int highest = 0;
  int usual = 0;
};
CompressionLevels compression_levels(Compression compression);

/// One stream after another, with memory that is reused. Used by one thread.
class Compressor {
 public:
  /// `compression` is not `none`. invalid_input where the level is out of its range.
  static Result<std::unique_ptr<Compressor>> make(Compression compression, int level);
  virtual ~Compressor() = default;
  /// Appends to `output` what is ready; part of `input` may stay inside.
  virtual void append(std::string_view input, Buffer& output) = 0;
  /// Ends the stream (a gzip member, a zstd frame); the next append() begins another.
  virtual void finish(Buffer& output) = 0;
};

/// The whole of what was compressed (also several streams one after another); invalid_input where it is damaged or cut off.
Result<std::string> decompress(Compression compression, std::string_view bytes);

}  // namespace itemize
