// Text: the few ASCII operations that many rooms need. Unicode is expr's and transform's matter.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace itemize {

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// ASCII letters in lower case; all other bytes as they are.
constexpr char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte; }
inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& byte : result) byte = lower(byte);
  return result;
}
constexpr bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

/// Without blanks, tabs and line breaks at either end.
constexpr std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The longest start of `text` within `most` bytes that does not end inside of a character of UTF-8.
constexpr std::string_view start_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace itemize
