#include "item/string_text.h"

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace itemize::item {
namespace {

/// Length of the valid UTF-8 sequence at `at` (first byte >= 0x80); 0 where there is none.
std::size_t sequence_length(const unsigned char* at, std::size_t left) {
  const auto follows = [&](std::size_t index, unsigned low = 0x80, unsigned high = 0xBF) {
    return index < left && at[index] >= low && at[index] <= high;
  };
  const unsigned lead = at[0];
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;   // no overlong form
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;  // no surrogate
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;  // up to U+10FFFF
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// One byte below 0x80 that may need escaping.
char* escape(char* out, unsigned char byte) {
  static constexpr char hex[] = "0123456789abcdef";
  switch (byte) {
    case '"':
    case '\\':
      *out++ = '\\';
      *out++ = static_cast<char>(byte);
      return out;
    case '\n':
      std::memcpy(out, "\\n", 2);
      return out + 2;
    case '\r':
      std::memcpy(out, "\\r", 2);
      return out + 2;
    case '\t':
      std::memcpy(out, "\\t", 2);
      return out + 2;
    default:
      break;
  }
  if (byte >= 0x20) {
    *out++ = static_cast<char>(byte);
    return out;
  }
  std::memcpy(out, "\\u00", 4);
  out[4] = hex[byte >> 4];
  out[5] = hex[byte & 15];
  return out + 6;
}

/// The run of sequences from 0x80 on at `at`, copied; both pointers move behind it. False where one is not valid.
bool copy_beyond_ascii(const unsigned char*& at, const unsigned char* end, char*& to) {
  while (at < end && *at >= 0x80) {
    const std::size_t length = sequence_length(at, static_cast<std::size_t>(end - at));
    if (length == 0) return false;
    for (std::size_t index = 0; index < length; ++index) *to++ = static_cast<char>(*at++);
  }
  return true;
}

#if defined(__SSE2__)
/// The first `count` (1 to 15) bytes at `at`, zeros behind them; reads nothing beyond them.
__m128i load_some(const unsigned char* at, std::size_t count) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (count >= 8) {
    std::memcpy(&low, at, 8);
    if (count > 8) {
      std::memcpy(&high, at + count - 8, 8);
      high >>= (16 - count) * 8;
    }
  } else if (count >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + count - 4, 4);
    low = first | (static_cast<std::uint64_t>(last) >> ((8 - count) * 8)) << 32;
  } else {
    low = at[0] | static_cast<std::uint64_t>(at[count / 2]) << (count / 2 * 8) |
          static_cast<std::uint64_t>(at[count - 1]) << ((count - 1) * 8);
  }
  return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}
#endif

bool append_piece(Buffer& out, std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  // Worst case six bytes for one; 16 more so that whole vectors may be stored.
  char* const start = out.reserve(text.size() * 6 + 16);
  char* to = start;
  while (at < end) {
#if defined(__SSE2__)
    const auto left = static_cast<std::size_t>(end - at);
    const unsigned count = left < 16 ? static_cast<unsigned>(left) : 16;
    const __m128i bytes = left < 16 ? load_some(at, left) : _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    // Signed: less than 0x20 are the control characters and all bytes from 0x80.
    const __m128i special =
        _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    const unsigned mask = static_cast<unsigned>(_mm_movemask_epi8(special)) & ((1U << count) - 1);
    const unsigned clean = mask == 0 ? count : static_cast<unsigned>(__builtin_ctz(mask));
    at += clean;
    to += clean;
    if (mask == 0) continue;
#endif
    if (*at < 0x80)
      to = escape(to, *at++);
    else if (!copy_beyond_ascii(at, end, to))
      return false;
  }
  out.advance(static_cast<std::size_t>(to - start));
  return true;
}

}  // namespace

bool append_escaped(Buffer& out, std::string_view text) {
  // In pieces, so that a huge text does not ask for six times its size at once; a piece ends between two code points.
  constexpr std::size_t piece = 64 * 1024;
  while (text.size() > piece) {
    std::size_t cut = piece;
    while (cut > piece - 3 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    if (!append_piece(out, text.substr(0, cut))) return false;
    text.remove_prefix(cut);
  }
  return append_piece(out, text);
}

void append_base64(Buffer& out, std::string_view bytes) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* to = out.reserve((bytes.size() + 2) / 3 * 4);
  char* const start = to;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, at += 3) {
    const std::uint32_t three = static_cast<std::uint32_t>(at[0]) << 16 | static_cast<std::uint32_t>(at[1]) << 8 | at[2];
    *to++ = alphabet[three >> 18];
    *to++ = alphabet[three >> 12 & 63];
    *to++ = alphabet[three >> 6 & 63];
    *to++ = alphabet[three & 63];
  }
  if (left > 0) {
    const std::uint32_t rest = static_cast<std::uint32_t>(at[0]) << 16 | (left == 2 ? static_cast<std::uint32_t>(at[1]) << 8 : 0);
    *to++ = alphabet[rest >> 18];
    *to++ = alphabet[rest >> 12 & 63];
    *to++ = left == 2 ? alphabet[rest >> 6 & 63] : '=';
    *to++ = '=';
  }
  out.advance(static_cast<std::size_t>(to - start));
}

}  // namespace itemize::item
