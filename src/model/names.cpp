#include "model/names.h"

#include <utility>
#include <vector>

#include "base/text.h"
#include "item/number_text.h"

namespace itemize::model {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
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
  Buffer out;
  item::append_decimal_text(text, out);
  return std::string(out.view());
}

}  // namespace itemize::model
