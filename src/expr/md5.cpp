#include "expr/md5.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace itemize::expr {
namespace {

constexpr std::size_t block_size = 64;

/// The sines of RFC 1321, 3.4: floor(2^32 |sin(i)|), i in radians from 1.
const std::array<std::uint32_t, 64>& sines() {
  static const std::array<std::uint32_t, 64> table = [] {
    std::array<std::uint32_t, 64> made{};
    for (std::size_t index = 0; index < made.size(); ++index)
      made[index] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(index + 1))) * 4294967296.0));
    return made;
  }();
  return table;
}

void add_block(std::array<std::uint32_t, 4>& state, const char* block) {
  constexpr int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  std::uint32_t words[16];
  for (std::size_t index = 0; index < 16; ++index) {
    std::uint32_t word = 0;
    for (std::size_t byte = 4; byte-- > 0;) word = word << 8 | static_cast<unsigned char>(block[index * 4 + byte]);
    words[index] = word;
  }
  auto [a, b, c, d] = state;
  for (std::uint32_t step = 0; step < 64; ++step) {
    const std::uint32_t round = step / 16;
    const std::uint32_t mixed = round == 0 ? (b & c) | (~b & d) : round == 1 ? (d & b) | (~d & c) : round == 2 ? b ^ c ^ d : c ^ (b | ~d);
    const std::uint32_t word = round == 0 ? step : round == 1 ? (5 * step + 1) % 16 : round == 2 ? (3 * step + 5) % 16 : 7 * step % 16;
    const std::uint32_t sum = a + mixed + sines()[step] + words[word];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, turns[round][step % 4]);
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

}  // namespace

Md5 md5_of(std::string_view bytes) {
  std::array<std::uint32_t, 4> state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
  const std::size_t whole = bytes.size() / block_size * block_size;
  for (std::size_t at = 0; at < whole; at += block_size) add_block(state, bytes.data() + at);
  char last[2 * block_size] = {};
  const std::size_t rest = bytes.size() - whole;
  if (rest > 0) std::memcpy(last, bytes.data() + whole, rest);
  last[rest] = static_cast<char>(0x80);
  const std::size_t size = rest + 9 <= block_size ? block_size : 2 * block_size;
  std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (std::size_t index = size - 8; index < size; ++index, bits >>= 8) last[index] = static_cast<char>(bits & 0xFF);
  for (std::size_t at = 0; at < size; at += block_size) add_block(state, last + at);
  Md5 digest{};
  for (std::size_t index = 0; index < digest.size(); ++index)
    digest[index] = static_cast<std::uint8_t>(state[index / 4] >> (8 * (index % 4)));
  return digest;
}

}  // namespace itemize::expr
