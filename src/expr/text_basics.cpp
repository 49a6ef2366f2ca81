#include "expr/text_basics.h"

#include <algorithm>

#include "expr/case_table.h"

namespace itemize::expr {
namespace {

template <std::size_t Size>
std::uint32_t mapped(const CasePair (&table)[Size], std::uint32_t value) {
  const CasePair* found = std::ranges::lower_bound(table, value, {}, &CasePair::from);
  return found != std::end(table) && found->from == value ? found->to : value;
}

bool is_continuation(char byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return !is_continuation(byte); }));
}

std::size_t byte_offset(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size(); ++at)
    if (!is_continuation(text[at]) && count++ == characters) return at;
  return at;
}

std::uint32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const std::size_t more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
  if (more == 0 || at + more >= text.size()) return static_cast<unsigned char>(text[at++]);
  std::uint32_t value = byte & (0x3FU >> more);
  for (std::size_t index = 1; index <= more; ++index) {
    if (!is_continuation(text[at + index])) return static_cast<unsigned char>(text[at++]);
    value = value << 6 | (static_cast<unsigned char>(text[at + index]) & 0x3F);
  }
  at += more + 1;
  return value;
}

std::size_t previous_character(std::string_view text, std::size_t end) {
  std::size_t begin = end - 1;
  while (begin > 0 && is_continuation(text[begin])) --begin;
  return begin;
}

void append_character(Buffer& out, std::uint32_t value) {
  const auto byte = [&out](std::uint32_t bits) { out.append(static_cast<char>(bits)); };
  if (value < 0x80) {
    byte(value);
  } else if (value < 0x800) {
    byte(0xC0 | value >> 6);
    byte(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    byte(0xE0 | value >> 12);
    byte(0x80 | (value >> 6 & 0x3F));
    byte(0x80 | (value & 0x3F));
  } else {
    byte(0xF0 | value >> 18);
    byte(0x80 | (value >> 12 & 0x3F));
    byte(0x80 | (value >> 6 & 0x3F));
    byte(0x80 | (value & 0x3F));
  }
}

void append_case(Buffer& out, std::string_view text, bool upper) {
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    if ((byte & 0x80) == 0) {
      const bool changes = upper ? byte >= 'a' && byte <= 'z' : byte >= 'A' && byte <= 'Z';
      out.append(changes ? static_cast<char>(byte ^ 0x20) : byte);
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const std::uint32_t value = next_character(text, at);
    const std::uint32_t other = upper ? mapped(upper_pairs, value) : mapped(lower_pairs, value);
    if (at - begin > 1 && other != value)
      append_character(out, other);
    else
      out.append(text.substr(begin, at - begin));
  }
}

std::string map_case(std::string_view text, bool upper) {
  Buffer out;
  append_case(out, text, upper);
  return std::string(out.view());
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\n\r\v\f";
  const std::size_t first = text.find_first_not_of(space);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(space) - first + 1);
}

int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const char small = static_cast<char>(byte | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace itemize::expr
