#include "model/locate.h"

#include <algorithm>

namespace itemize::model {

Lines::Lines(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == '\n') starts_.push_back(at + 1);
}

std::size_t Lines::offset(Place place) const {
  if (place.line < 1) return 0;
  if (place.line > count()) return text_.size();
  std::size_t at = starts_[static_cast<std::size_t>(place.line) - 1];
  for (int column = 1; column < place.column && at < text_.size() && text_[at] != '\n'; ++column) {
    ++at;
    while (at < text_.size() && (text_[at] & 0xC0) == 0x80) ++at;
  }
  return at;
}

Place Lines::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const std::size_t start = *(next - 1);
  int column = 1;
  for (std::size_t at = start; at < offset; ++at)
    if ((text_[at] & 0xC0) != 0x80) ++column;
  // Inside a character: its own column.
  if (offset < text_.size() && (text_[offset] & 0xC0) == 0x80) --column;
  return {static_cast<int>(next - starts_.begin()), std::max(column, 1)};
}

std::string_view Lines::line(int number) const {
  if (number < 1 || number > count()) return {};
  const std::size_t start = starts_[static_cast<std::size_t>(number) - 1];
  const std::size_t end = number < count() ? starts_[static_cast<std::size_t>(number)] - 1 : text_.size();
  std::string_view line = text_.substr(start, end - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_break(char c) { return c == '\n' || c == '\r'; }
bool is_space(char c) { return is_blank(c) || is_break(c); }

/// Walks the file's bytes of one scalar and its value side by side. `at` and `done` only grow.
struct Walk {
  std::string_view file;
  std::string_view value;
  std::size_t at;        // in file
  std::size_t done = 0;  // in value

  bool end() const { return at >= file.size(); }
  /// Skips white space around a folded line break. False: this white space is not a fold.
  bool skip_fold() {
    std::size_t next = at;
    bool broke = false;
    for (; next < file.size() && is_space(file[next]); ++next) broke = broke || is_break(file[next]);
    if (!broke) return false;
    at = next;
    while (done < value.size() && is_space(value[done])) ++done;
    return true;
  }
};

/// Bytes of the value that the escape at `file[at]` (a backslash) makes, and how long it is in the file.
struct Escape {
  std::size_t file_size;
  std::size_t value_size;
};
Escape escape_at(std::string_view file, std::size_t at) {
  const char kind = at + 1 < file.size() ? file[at + 1] : '\0';
  const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  if (digits == 0) return {2, kind == 'N' || kind == '_' ? std::size_t{2} : kind == 'L' || kind == 'P' ? std::size_t{3} : std::size_t{1}};
  std::uint32_t code = 0;
  for (std::size_t index = 0; index < digits && at + 2 + index < file.size(); ++index) {
    const char c = file[at + 2 + index];
    code = code * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return {2 + digits, code < 0x80 ? std::size_t{1} : code < 0x800 ? std::size_t{2} : code < 0x10000 ? std::size_t{3} : std::size_t{4}};
}

/// Advances to where byte `offset` of the value stands in a quoted or plain scalar. False: the file does not match.
bool walk_flow(Walk& walk, std::size_t offset, char quote) {
  while (walk.done < offset) {
    if (walk.end()) return false;
    const char c = walk.file[walk.at];
    if (is_space(c) && walk.skip_fold()) continue;
    if (quote == '"' && c == '\\') {
      if (walk.at + 1 < walk.file.size() && is_break(walk.file[walk.at + 1])) {  // an escaped line break vanishes
        ++walk.at;
        while (!walk.end() && is_space(walk.file[walk.at])) ++walk.at;
        continue;
      }
      const Escape escape = escape_at(walk.file, walk.at);
      if (walk.done + escape.value_size > offset) return true;
      walk.at += escape.file_size;
      walk.done += escape.value_size;
      continue;
    }
    if (walk.done >= walk.value.size() || c != walk.value[walk.done]) return false;
    walk.at += quote == '\'' && c == '\'' ? 2 : 1;
    ++walk.done;
  }
  // At the end of a folded line the next character stands on the next line.
  if (walk.done < walk.value.size() && !walk.end() && is_space(walk.file[walk.at]) && !is_space(walk.value[walk.done])) walk.skip_fold();
  return true;
}

/// As walk_flow for `|` and `>`: `walk.at` is at the indicator.
bool walk_block(Walk& walk, std::size_t offset) {
  const auto next_line = [&] {
    while (!walk.end() && walk.file[walk.at] != '\n') ++walk.at;
    if (!walk.end()) ++walk.at;
  };
  next_line();
  const auto skip_indent = [&] {
    while (!walk.end() && is_blank(walk.file[walk.at]) && walk.done < walk.value.size() && walk.file[walk.at] != walk.value[walk.done]) ++walk.at;
  };
  skip_indent();
  while (walk.done < offset) {
    if (walk.end()) return false;
    const char c = walk.file[walk.at];
    if (c == walk.value[walk.done] && !is_break(c)) {
      ++walk.at, ++walk.done;
      continue;
    }
    if (!is_break(c)) return false;
    while (!walk.end() && is_space(walk.file[walk.at])) ++walk.at;
    while (walk.done < walk.value.size() && is_space(walk.value[walk.done])) ++walk.done;
  }
  return true;
}

}  // namespace

Place place_in_scalar(std::string_view file, const Text& text, std::size_t offset) {
  if (text.place.line == 0) return text.place;
  const Lines lines(file);
  Walk walk{file, text.value, lines.offset(text.place)};
  while (!walk.end() && (file[walk.at] == '&' || file[walk.at] == '!')) {  // an anchor or tag before the scalar
    while (!walk.end() && !is_space(file[walk.at])) ++walk.at;
    while (!walk.end() && is_space(file[walk.at])) ++walk.at;
  }
  if (walk.end()) return text.place;
  offset = std::min(offset, text.value.size());
  const char first = file[walk.at];
  bool found = false;
  if (first == '|' || first == '>') {
    found = walk_block(walk, offset);
  } else if (first == '"' || first == '\'') {
    ++walk.at;
    found = walk_flow(walk, offset, first);
  } else {
    found = walk_flow(walk, offset, 0);
  }
  return found ? lines.place(walk.at) : text.place;
}

}  // namespace itemize::model
