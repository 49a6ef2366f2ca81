// Functions over text.
#include <algorithm>
#include <string>

#include "base/json.h"
#include "expr/case_table.h"
#include "expr/functions.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;
using Arguments = std::span<const Cell>;
using Types = std::span<const Type>;

/// PostgreSQL's texts are bounded by 1 GB; ours by what an item could ever hold, so that lpad('', 2^31) is an error and no outage.
constexpr std::size_t longest_text = 16 * 1024 * 1024;

/// The code point at `at` (advanced), or the byte itself where it is no UTF-8.
std::uint32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
  if (more == 0 || at + static_cast<std::size_t>(more) >= text.size()) return static_cast<unsigned char>(text[at++]);
  std::uint32_t value = byte & (0x3FU >> more);
  for (int index = 1; index <= more; ++index) value = value << 6 | (static_cast<unsigned char>(text[at + static_cast<std::size_t>(index)]) & 0x3F);
  at += static_cast<std::size_t>(more) + 1;
  return value;
}

void append_character(std::string& out, std::uint32_t value) {
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0 | value >> 6);
    out += static_cast<char>(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0 | value >> 12);
    out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (value & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | value >> 18);
    out += static_cast<char>(0x80 | (value >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (value & 0x3F));
  }
}

template <std::size_t Size>
std::uint32_t mapped(const CasePair (&table)[Size], std::uint32_t value) {
  const CasePair* found = std::ranges::lower_bound(table, value, {}, &CasePair::from);
  return found != std::end(table) && found->from == value ? found->to : value;
}

Cell lower(Frame& frame, Arguments arguments, Types) { return frame.text(map_case(arguments[0].view(), false)); }
Cell upper(Frame& frame, Arguments arguments, Types) { return frame.text(map_case(arguments[0].view(), true)); }

bool is_letter_or_digit(std::uint32_t value) {
  return (value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z') || value >= 0x80;
}

Cell initcap(Frame& frame, Arguments arguments, Types) {
  std::string out;
  bool inside = false;
  const std::string_view text = arguments[0].view();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::uint32_t value = next_character(text, at);
    out += map_case(text.substr(begin, at - begin), !inside);
    inside = is_letter_or_digit(value);
  }
  return frame.text(out);
}

/// Trims characters of `set` from the chosen ends.
Cell trim(Frame& frame, std::string_view text, std::string_view set, bool left, bool right) {
  const auto in_set = [&](std::string_view character) {
    for (std::size_t at = 0; at < set.size();) {
      const std::size_t begin = at;
      next_character(set, at);
      if (set.substr(begin, at - begin) == character) return true;
    }
    return false;
  };
  while (left && !text.empty()) {
    std::size_t at = 0;
    next_character(text, at);
    if (!in_set(text.substr(0, at))) break;
    text.remove_prefix(at);
  }
  while (right && !text.empty()) {
    std::size_t begin = text.size() - 1;
    while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
    if (!in_set(text.substr(begin))) break;
    text.remove_suffix(text.size() - begin);
  }
  return frame.text(text);
}

std::string_view set_of(Arguments arguments) { return arguments.size() > 1 ? arguments[1].view() : " "; }
Cell btrim(Frame& frame, Arguments arguments, Types) { return trim(frame, arguments[0].view(), set_of(arguments), true, true); }
Cell ltrim(Frame& frame, Arguments arguments, Types) { return trim(frame, arguments[0].view(), set_of(arguments), true, false); }
Cell rtrim(Frame& frame, Arguments arguments, Types) { return trim(frame, arguments[0].view(), set_of(arguments), false, true); }

Cell pad(Frame& frame, Arguments arguments, bool left) {
  const std::string_view text = arguments[0].view();
  const std::string_view fill = arguments.size() > 2 ? arguments[2].view() : " ";
  const std::int64_t wanted = std::max<std::int64_t>(0, arguments[1].i);
  if (wanted > static_cast<std::int64_t>(longest_text / 4)) return frame.fail("the length asked for is too large");
  const auto length = static_cast<std::int64_t>(character_count(text));
  if (length >= wanted || fill.empty()) return frame.text(text.substr(0, byte_offset(text, static_cast<std::size_t>(std::min(length, wanted)))));
  std::string padding;
  std::size_t at = 0;
  for (std::int64_t count = length; count < wanted; ++count) {
    if (at == fill.size()) at = 0;
    const std::size_t begin = at;
    next_character(fill, at);
    padding += fill.substr(begin, at - begin);
  }
  return frame.text(left ? padding + std::string(text) : std::string(text) + padding);
}
Cell lpad(Frame& frame, Arguments arguments, Types) { return pad(frame, arguments, true); }
Cell rpad(Frame& frame, Arguments arguments, Types) { return pad(frame, arguments, false); }

Cell length(Frame&, Arguments arguments, Types) { return Cell::integer(static_cast<std::int64_t>(character_count(arguments[0].view()))); }
Cell octet_length(Frame&, Arguments arguments, Types) { return Cell::integer(arguments[0].size); }

Cell substring(Frame& frame, Arguments arguments, Types) {
  const std::string_view text = arguments[0].view();
  const auto characters = static_cast<std::int64_t>(character_count(text));
  std::int64_t begin = arguments[1].i;
  std::int64_t end = characters + 1;
  if (arguments.size() > 2) {
    if (arguments[2].i < 0) return frame.fail("negative substring length not allowed");
    if (__builtin_add_overflow(begin, arguments[2].i, &end)) end = characters + 1;
  }
  begin = std::clamp<std::int64_t>(begin, 1, characters + 1);
  end = std::clamp<std::int64_t>(end, begin, characters + 1);
  const std::size_t from = byte_offset(text, static_cast<std::size_t>(begin - 1));
  return frame.text(text.substr(from, byte_offset(text, static_cast<std::size_t>(end - 1)) - from));
}

Cell left(Frame& frame, Arguments arguments, Types) {
  const std::string_view text = arguments[0].view();
  const auto characters = static_cast<std::int64_t>(character_count(text));
  const std::int64_t count = arguments[1].i < 0 ? std::max<std::int64_t>(0, characters + arguments[1].i) : std::min(characters, arguments[1].i);
  return frame.text(text.substr(0, byte_offset(text, static_cast<std::size_t>(count))));
}

Cell right(Frame& frame, Arguments arguments, Types) {
  const std::string_view text = arguments[0].view();
  const auto characters = static_cast<std::int64_t>(character_count(text));
  const std::int64_t count = arguments[1].i < 0 ? std::max<std::int64_t>(0, characters + arguments[1].i) : std::min(characters, arguments[1].i);
  return frame.text(text.substr(byte_offset(text, static_cast<std::size_t>(characters - count))));
}

Cell replace(Frame& frame, Arguments arguments, Types) {
  const std::string_view text = arguments[0].view();
  const std::string_view from = arguments[1].view();
  if (from.empty()) return arguments[0];
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = 0; (found = text.find(from, at)) != std::string_view::npos; at = found + from.size()) {
    out += text.substr(at, found - at);
    out += arguments[2].view();
    if (out.size() > longest_text) return frame.fail("the result is too long");
  }
  out += text.substr(at);
  return frame.text(out);
}

Cell split_part(Frame& frame, Arguments arguments, Types) {
  const std::string_view text = arguments[0].view();
  const std::string_view delimiter = arguments[1].view();
  std::int64_t wanted = arguments[2].i;
  if (wanted == 0) return frame.fail("field position must not be zero");
  std::vector<std::string_view> parts;
  std::size_t at = 0;
  if (!delimiter.empty())
    for (std::size_t found = 0; (found = text.find(delimiter, at)) != std::string_view::npos; at = found + delimiter.size()) parts.push_back(text.substr(at, found - at));
  parts.push_back(text.substr(at));
  if (wanted < 0) wanted += static_cast<std::int64_t>(parts.size()) + 1;
  if (wanted < 1 || wanted > static_cast<std::int64_t>(parts.size())) return frame.text("");
  return frame.text(parts[static_cast<std::size_t>(wanted - 1)]);
}

Cell position(Frame&, Arguments arguments, Types) {
  const std::size_t found = arguments[0].view().find(arguments[1].view());
  return Cell::integer(found == std::string_view::npos ? 0 : static_cast<std::int64_t>(character_count(arguments[0].view().substr(0, found))) + 1);
}

Cell reverse(Frame& frame, Arguments arguments, Types) {
  std::string out;
  const std::string_view text = arguments[0].view();
  for (std::size_t end = text.size(); end > 0;) {
    std::size_t begin = end - 1;
    while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
    out += text.substr(begin, end - begin);
    end = begin;
  }
  return frame.text(out);
}

/// LIKE: % any characters, _ one, backslash quotes.
bool like(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star_p = std::string_view::npos;
  std::size_t star_t = 0;
  while (t < text.size()) {
    bool matched = false;
    if (p < pattern.size() && pattern[p] == '%') {
      star_p = ++p;
      star_t = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '_') {
      next_character(text, t);
      ++p;
      matched = true;
    } else if (p < pattern.size()) {
      const std::size_t literal = pattern[p] == '\\' && p + 1 < pattern.size() ? p + 1 : p;
      if (pattern[literal] == text[t]) {
        ++t;
        p = literal + 1;
        matched = true;
      }
    }
    if (matched) continue;
    if (star_p == std::string_view::npos) return false;
    next_character(text, star_t);
    t = star_t;
    p = star_p;
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

Cell like_operator(Frame&, Arguments arguments, Types) { return Cell::boolean(like(arguments[0].view(), arguments[1].view())); }
Cell not_like(Frame&, Arguments arguments, Types) { return Cell::boolean(!like(arguments[0].view(), arguments[1].view())); }
Cell ilike(Frame&, Arguments arguments, Types) { return Cell::boolean(like(map_case(arguments[0].view(), false), map_case(arguments[1].view(), false))); }
Cell not_ilike(Frame& frame, Arguments arguments, Types types) { return Cell::boolean(ilike(frame, arguments, types).i == 0); }
Cell starts_with(Frame&, Arguments arguments, Types) { return Cell::boolean(arguments[0].view().starts_with(arguments[1].view())); }

/// A member of an object, or an element of an array by its index from 0.
Cell json_member(Frame& frame, Arguments arguments, bool as_text) {
  const Result<json::Value> document = json::parse(arguments[0].view());
  if (!document) return frame.fail("the value is not valid JSON");
  const json::Value* member = nullptr;
  if (is_integer(arguments[1].kind)) {
    const json::Array* array = document->array();
    std::int64_t index = arguments[1].i;
    if (array != nullptr && index < 0) index += static_cast<std::int64_t>(array->size());
    if (array != nullptr && index >= 0 && index < static_cast<std::int64_t>(array->size())) member = &(*array)[static_cast<std::size_t>(index)];
  } else if (const json::Object* object = document->object()) {
    for (const auto& [name, value] : *object)
      if (name == arguments[1].view()) member = &value;  // the last of equal names, as jsonb
  }
  if (member == nullptr || (as_text && member->is_null())) return {};
  if (as_text && member->string() != nullptr) return frame.text(*member->string());
  const std::string text = json::to_text(*member);
  return as_text ? frame.text(text) : Cell::view_of(CellKind::json, frame.arena.copy(text));
}
Cell json_get(Frame& frame, Arguments arguments, Types) { return json_member(frame, arguments, false); }
Cell json_get_text(Frame& frame, Arguments arguments, Types) { return json_member(frame, arguments, true); }

Cell string_to_array(Frame& frame, Arguments arguments, Types) {
  const std::string_view text = arguments[0].view();
  const std::string_view delimiter = arguments[1].view();
  std::vector<Cell> parts;
  std::size_t at = 0;
  if (!text.empty()) {
    if (!delimiter.empty())
      for (std::size_t found = 0; (found = text.find(delimiter, at)) != std::string_view::npos; at = found + delimiter.size())
        parts.push_back(Cell::text(text.substr(at, found - at)));
    parts.push_back(Cell::text(text.substr(at)));
  }
  Cell* cells = frame.arena.allocate_array<Cell>(parts.size());
  std::ranges::copy(parts, cells);
  return Cell::nested(CellKind::array, cells, parts.size());
}

}  // namespace

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::size_t byte_offset(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size(); ++at)
    if ((text[at] & 0xC0) != 0x80 && count++ == characters) return at;
  return at;
}

std::string map_case(std::string_view text, bool upper) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    if ((byte & 0x80) == 0) {
      out += upper ? (byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 32) : byte) : (byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte);
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const std::uint32_t value = next_character(text, at);
    const std::uint32_t other = upper ? mapped(upper_pairs, value) : mapped(lower_pairs, value);
    if (at - begin > 1 && other != value) append_character(out, other);
    else out += text.substr(begin, at - begin);
  }
  return out;
}

void add_text_functions(std::vector<Function>& table) {
  using enum Parameter;
  constexpr TypeKind text_result = TypeKind::text;
  const std::vector<Function> own = {
      {"lower", {text}, text_result, lower, "lower(text): small letters, by Unicode's simple mapping"},
      {"upper", {text}, text_result, upper, "upper(text): capital letters, by Unicode's simple mapping"},
      {"initcap", {text}, text_result, initcap, "initcap(text): each word with a capital letter"},
      {"btrim", {text}, text_result, btrim, "btrim(text), trim(text): without spaces at both ends"},
      {"btrim", {text, text}, text_result, btrim, "btrim(text, characters): without those characters at both ends"},
      {"ltrim", {text}, text_result, ltrim, "ltrim(text): without spaces at the beginning"},
      {"ltrim", {text, text}, text_result, ltrim, "ltrim(text, characters)"},
      {"rtrim", {text}, text_result, rtrim, "rtrim(text): without spaces at the end"},
      {"rtrim", {text, text}, text_result, rtrim, "rtrim(text, characters)"},
      {"lpad", {text, integer}, text_result, lpad, "lpad(text, length): spaces in front; a longer text is cut"},
      {"lpad", {text, integer, text}, text_result, lpad, "lpad(text, length, fill): filled in front; a longer text is cut"},
      {"rpad", {text, integer}, text_result, rpad, "rpad(text, length)"},
      {"rpad", {text, integer, text}, text_result, rpad, "rpad(text, length, fill)"},
      {"length", {text}, TypeKind::integer, length, "length(text): characters"},
      {"char_length", {text}, TypeKind::integer, length, "char_length(text): characters"},
      {"character_length", {text}, TypeKind::integer, length, "character_length(text): characters"},
      {"octet_length", {text}, TypeKind::integer, octet_length, "octet_length(text): bytes"},
      {"substring", {text, integer}, text_result, substring, "substring(text, from), substr"},
      {"substring", {text, integer, integer}, text_result, substring, "substring(text, from, count), substr"},
      {"substr", {text, integer}, text_result, substring, ""},
      {"substr", {text, integer, integer}, text_result, substring, ""},
      {"left", {text, integer}, text_result, left, "left(text, n): the first n characters; all but the last -n"},
      {"right", {text, integer}, text_result, right, "right(text, n)"},
      {"replace", {text, text, text}, text_result, replace, "replace(text, from, to)"},
      {"split_part", {text, text, integer}, text_result, split_part, "split_part(text, delimiter, n): the n-th part, from 1; from the end if negative"},
      {"position", {text, text}, TypeKind::integer, position, "position(part in text), strpos(text, part): from 1; 0 if it is not there"},
      {"strpos", {text, text}, TypeKind::integer, position, ""},
      {"reverse", {text}, text_result, reverse, "reverse(text)"},
      {"starts_with", {text, text}, TypeKind::boolean, starts_with, "starts_with(text, beginning)"},
      {"~~", {text, text}, TypeKind::boolean, like_operator, "text LIKE pattern"},
      {"!~~", {text, text}, TypeKind::boolean, not_like, "text NOT LIKE pattern"},
      {"~~*", {text, text}, TypeKind::boolean, ilike, "text ILIKE pattern"},
      {"!~~*", {text, text}, TypeKind::boolean, not_ilike, "text NOT ILIKE pattern"},
      {"->", {json, text}, TypeKind::json, json_get, "json -> 'name'"},
      {"->", {json, integer}, TypeKind::json, json_get, "json -> index"},
      {"->>", {json, text}, text_result, json_get_text, "json ->> 'name': as text"},
      {"->>", {json, integer}, text_result, json_get_text, "json ->> index: as text"},
      {"string_to_array", {text, text}, TypeKind::array, string_to_array, "string_to_array(text, delimiter)"},
  };
  table.insert(table.end(), own.begin(), own.end());
}

}  // namespace itemize::expr
