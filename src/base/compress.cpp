#include "base/compress.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <vector>

namespace itemize {
namespace {

/// Room that is made in the output at a time; what is not used is given back at once.
constexpr std::size_t output_step = 128 * 1024;

class GzipCompressor final : public Compressor {
 public:
  explicit GzipCompressor(int level) : level_(level), level_buffer_(level_buffer_size(level)) { begin(); }

  void append(std::string_view input, Buffer& output) override {
    while (!input.empty()) {
      const std::size_t size = std::min<std::size_t>(input.size(), std::numeric_limits<std::uint32_t>::max() / 2);
      stream_.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(input.data()));
      stream_.avail_in = static_cast<std::uint32_t>(size);
      deflate(output);
      input.remove_prefix(size);
    }
  }

  void finish(Buffer& output) override {
    stream_.avail_in = 0;
    stream_.end_of_stream = 1;
    deflate(output);
    while (stream_.internal_state.state != ZSTATE_END) deflate(output);
    begin();
  }

 private:
  void begin() {
    isal_deflate_init(&stream_);
    stream_.gzip_flag = IGZIP_GZIP;
    stream_.level = static_cast<std::uint32_t>(level_);
    stream_.level_buf = level_buffer_.data();
    stream_.level_buf_size = static_cast<std::uint32_t>(level_buffer_.size());
  }

  static std::size_t level_buffer_size(int level) {
    constexpr std::size_t sizes[] = {ISAL_DEF_LVL0_DEFAULT, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT};
    return sizes[level];
  }

  void deflate(Buffer& output) {
    do {
      stream_.next_out = reinterpret_cast<std::uint8_t*>(output.reserve(output_step));
      stream_.avail_out = output_step;
      const int result = isal_deflate(&stream_);
      assert(result == COMP_OK);  // Only wrong parameters can fail.
      (void)result;
      output.advance(output_step - stream_.avail_out);
    } while (stream_.avail_out == 0 || stream_.avail_in != 0);
  }

  int level_;
  std::vector<std::uint8_t> level_buffer_;
  isal_zstream stream_{};
};

class ZstdCompressor final : public Compressor {
 public:
  explicit ZstdCompressor(int level) : context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }

  void append(std::string_view input, Buffer& output) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    while (in.pos < in.size) compress(in, ZSTD_e_continue, output);
  }

  void finish(Buffer& output) override {
    ZSTD_inBuffer in{nullptr, 0, 0};
    while (compress(in, ZSTD_e_end, output) != 0) {
    }
  }

 private:
  std::size_t compress(ZSTD_inBuffer& in, ZSTD_EndDirective directive, Buffer& output) {
    ZSTD_outBuffer out{output.reserve(output_step), output_step, 0};
    const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, directive);
    if (ZSTD_isError(left)) throw std::bad_alloc();  // The only reason left for a valid context.
    output.advance(out.pos);
    return left;
  }

  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_;
};

std::unexpected<Error> fail_damaged(Compression compression) {
  return fail(ErrorCode::invalid_input, "the " + std::string(compression_name(compression)) + " data is damaged or cut off");
}

Result<std::string> gunzip(std::string_view bytes) {
  std::string text;
  std::vector<char> chunk(output_step);
  while (!bytes.empty()) {
    auto state = std::make_unique<inflate_state>();
    isal_inflate_init(state.get());
    state->crc_flag = ISAL_GZIP;
    state->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
    state->avail_in = static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), std::numeric_limits<std::uint32_t>::max()));
    const std::size_t given = state->avail_in;
    do {
      state->next_out = reinterpret_cast<std::uint8_t*>(chunk.data());
      state->avail_out = static_cast<std::uint32_t>(chunk.size());
      if (isal_inflate(state.get()) != ISAL_DECOMP_OK) return fail_damaged(Compression::gzip);
      text.append(chunk.data(), chunk.size() - state->avail_out);
      if (state->block_state != ISAL_BLOCK_FINISH && state->avail_in == 0 && state->avail_out != 0) {
        return fail_damaged(Compression::gzip);
      }
    } while (state->block_state != ISAL_BLOCK_FINISH);
    bytes.remove_prefix(given - state->avail_in);
  }
  return text;
}

Result<std::string> unzstd(std::string_view bytes) {
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  std::string text;
  std::vector<char> chunk(output_step);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t left = 0;
  for (;;) {
    ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left)) return fail_damaged(Compression::zstd);
    text.append(chunk.data(), out.pos);
    if (in.pos == in.size && out.pos < out.size) break;
  }
  if (left != 0) return fail_damaged(Compression::zstd);
  return text;
}

}  // namespace

std::string_view compression_suffix(Compression compression) {
  constexpr std::string_view suffixes[] = {"", ".gz", ".zst"};
  return suffixes[static_cast<std::size_t>(compression)];
}

std::string_view compression_name(Compression compression) {
  constexpr std::string_view names[] = {"none", "gzip", "zstd"};
  return names[static_cast<std::size_t>(compression)];
}

CompressionLevels compression_levels(Compression compression) {
  constexpr CompressionLevels levels[] = {{0, 0, 0}, {0, 3, 1}, {-7, 19, 1}};
  return levels[static_cast<std::size_t>(compression)];
}

Result<std::unique_ptr<Compressor>> Compressor::make(Compression compression, int level) {
  assert(compression != Compression::none);
  const CompressionLevels levels = compression_levels(compression);
  if (level < levels.lowest || level > levels.highest) {
    return fail(ErrorCode::invalid_input, std::string(compression_name(compression)) + " has no level " + std::to_string(level),
                "levels are " + std::to_string(levels.lowest) + " to " + std::to_string(levels.highest));
  }
  if (compression == Compression::gzip) return std::make_unique<GzipCompressor>(level);
  return std::make_unique<ZstdCompressor>(level);
}

Result<std::string> decompress(Compression compression, std::string_view bytes) {
  if (compression == Compression::none) return std::string(bytes);
  return compression == Compression::gzip ? gunzip(bytes) : unzstd(bytes);
}

}  // namespace itemize
