#include "model/names.h"

#include <charconv>
#include <vector>

namespace itemize::model {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c & ~0x20) : c; }

/// The words of a column name, in lower case.
std::vector<std::string> words_of(std::string_view column) {
  std::vector<std::string> words;
  std::string word;
  const auto flush = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (std::size_t at = 0; at < column.size(); ++at) {
    const char c = column[at];
    if (c == '_' || c == '-' || c == ' ') {
      flush();
      continue;
    }
    if (is_upper(c) && at > 0) {
      const char before = column[at - 1];
      const bool next_is_lower = at + 1 < column.size() && is_lower(column[at + 1]);
      if (is_lower(before) || is_digit(before) || (is_upper(before) && next_is_lower)) flush();
    }
    word += to_lower(c);
  }
  flush();
  return words;
}

}  // namespace

std::string apply_naming(Naming naming, std::string_view column) {
  if (naming == Naming::as_is) return std::string(column);
  const std::vector<std::string> words = words_of(column);
  if (words.empty()) return std::string(column);  // "_" or the like
  std::string name;
  for (std::size_t index = 0; index < words.size(); ++index) {
    std::string word = words[index];
    if (naming == Naming::snake_case) {
      if (index > 0) name += '_';
    } else if (index > 0 || naming == Naming::pascal_case) {
      word[0] = to_upper(word[0]);
    }
    name += word;
  }
  return name;
}

bool is_pattern(std::string_view text) { return text.find_first_of("*?") != text.npos; }

bool matches_pattern(std::string_view pattern, std::string_view name) {
  // Greedy with one point of return: linear for what people write, quadratic at worst.
  std::size_t at = 0, star = pattern.npos, star_name = 0, index = 0;
  const auto next = [&](std::size_t from) {
    do ++from;
    while (from < name.size() && (name[from] & 0xC0) == 0x80);
    return from;
  };
  while (index < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_name = index;
    } else if (at < pattern.size() && pattern[at] == '?') {
      ++at;
      index = next(index);
    } else if (at < pattern.size() && pattern[at] == name[index]) {
      ++at;
      ++index;
    } else if (star != pattern.npos) {
      at = star + 1;
      index = star_name = next(star_name);
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

std::string canonical_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t mark = text.find_first_of("eE");
  std::int64_t exponent = 0;  // of the last digit
  if (mark != text.npos) {
    std::string_view digits = text.substr(mark + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (code != std::errc() || end != digits.data() + digits.size() || exponent > 100000 || exponent < -100000) return {};
    text = text.substr(0, mark);
  }
  std::string digits;
  bool after_point = false;
  for (const char c : text) {
    if (c == '.' && !after_point) after_point = true;
    else if (!is_digit(c)) return {};
    else {
      digits += c;
      exponent -= after_point ? 1 : 0;
    }
  }
  if (digits.empty()) return {};
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (digits.ends_with('0')) {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return "0";
  const std::int64_t magnitude = exponent + static_cast<std::int64_t>(digits.size()) - 1;  // of the first digit
  if (digits.size() > 38 || magnitude > 125 || magnitude < -130) return {};
  std::string result = negative ? "-" : "";
  if (exponent >= 0) return result + digits + std::string(static_cast<std::size_t>(exponent), '0');
  if (magnitude >= 0) return result + digits.substr(0, static_cast<std::size_t>(magnitude) + 1) + "." + digits.substr(static_cast<std::size_t>(magnitude) + 1);
  return result + "0." + std::string(static_cast<std::size_t>(-magnitude) - 1, '0') + digits;
}

}  // namespace itemize::model
