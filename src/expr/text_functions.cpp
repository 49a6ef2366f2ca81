// Functions over texts: case, trimming, padding, parts.
#include <algorithm>
#include <string>
#include <vector>

#include "expr/functions.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

using row::Cell;

void lower(Frame&, const Call& call, Buffer& out) { append_case(out, call.text(0), false); }
void upper(Frame&, const Call& call, Buffer& out) { append_case(out, call.text(0), true); }

/// Letters and digits; above ASCII everything but the blocks of punctuation and symbols.
bool is_word(std::uint32_t value) {
  if (value < 0x80) return (value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z');
  const bool latin_symbol = value < 0xC0 && value != 0xAA && value != 0xB5 && value != 0xBA;
  const bool symbol = (value >= 0x2000 && value < 0x2070) || (value >= 0x2190 && value < 0x2C00) || (value >= 0x3000 && value < 0x3040);
  return !latin_symbol && !symbol && value != 0xD7 && value != 0xF7;
}

void initcap(Frame&, const Call& call, Buffer& out) {
  bool inside = false;
  const std::string_view text = call.text(0);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::uint32_t value = next_character(text, at);
    append_case(out, text.substr(begin, at - begin), !inside);
    inside = is_word(value);
  }
}

/// Without the characters of `set` at the chosen ends.
std::string_view trim(std::string_view text, std::string_view set, bool left, bool right) {
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
    const std::size_t begin = previous_character(text, text.size());
    if (!in_set(text.substr(begin))) break;
    text.remove_suffix(text.size() - begin);
  }
  return text;
}

// What is a part of the argument is given back as a view into it: it lives as long as the argument does.
template <bool Left, bool Right>
Cell trim_function(Frame&, const Call& call) {
  return Cell::text(trim(call.text(0), call.size() > 1 ? call.text(1) : " ", Left, Right));
}

template <bool Left>
void pad(Frame& frame, const Call& call, Buffer& out) {
  const std::string_view text = call.text(0);
  const std::string_view fill = call.size() > 2 ? call.text(2) : " ";
  const std::int64_t wanted = std::max<std::int64_t>(0, call.integer(1));
  if (wanted > static_cast<std::int64_t>(longest_text / 4)) {
    frame.fail("the length asked for is too large");
    return;
  }
  const auto length = static_cast<std::int64_t>(character_count(text));
  if (length >= wanted || fill.empty()) {
    out.append(text.substr(0, byte_offset(text, static_cast<std::size_t>(std::min(length, wanted)))));
    return;
  }
  if (!Left) out.append(text);
  std::size_t at = 0;
  for (std::int64_t count = length; count < wanted; ++count) {
    if (at == fill.size()) at = 0;
    const std::size_t begin = at;
    next_character(fill, at);
    out.append(fill.substr(begin, at - begin));
  }
  if (Left) out.append(text);
}

Cell length(Frame&, const Call& call) { return Cell::integer(static_cast<std::int64_t>(character_count(call.text(0)))); }
Cell padded_length(Frame&, const Call& call) {
  return Cell::integer(static_cast<std::int64_t>(character_count(trim(call.text(0), " ", false, true))));
}
Cell octet_length(Frame&, const Call& call) { return Cell::integer(static_cast<std::int64_t>(call.text(0).size())); }
Cell bit_length(Frame&, const Call& call) { return Cell::integer(static_cast<std::int64_t>(call.text(0).size()) * 8); }

std::string_view characters(std::string_view text, std::int64_t begin, std::int64_t end) {
  const std::size_t from = byte_offset(text, static_cast<std::size_t>(begin));
  return text.substr(from, byte_offset(text.substr(from), static_cast<std::size_t>(end - begin)));
}

/// From the `from`-th unit (the first is 1), `count` of them: [begin, end) clamped to what there is; none where count is negative.
std::optional<std::pair<std::int64_t, std::int64_t>> window(const Call& call, std::int64_t units) {
  std::int64_t begin = call.integer(1);
  std::int64_t end = units + 1;
  if (call.size() > 2) {
    if (call.integer(2) < 0) return std::nullopt;
    if (__builtin_add_overflow(begin, call.integer(2), &end)) end = units + 1;
  }
  begin = std::clamp<std::int64_t>(begin, 1, units + 1);
  end = std::clamp<std::int64_t>(end, begin, units + 1);
  return std::pair(begin - 1, end - 1);
}

Cell substring(Frame& frame, const Call& call) {
  const auto range = window(call, static_cast<std::int64_t>(character_count(call.text(0))));
  if (!range) return frame.fail("negative substring length not allowed");
  return Cell::text(characters(call.text(0), range->first, range->second));
}

Cell substring_of_bytes(Frame& frame, const Call& call) {
  const auto range = window(call, static_cast<std::int64_t>(call.text(0).size()));
  if (!range) return frame.fail("negative substring length not allowed");
  return Cell::view_of(row::CellKind::bytes,
                       call.text(0).substr(static_cast<std::size_t>(range->first), static_cast<std::size_t>(range->second - range->first)));
}

/// How many characters left(text, n) and right(text, n) take.
std::int64_t taken(std::int64_t characters, std::int64_t wanted) {
  return wanted < 0 ? std::max<std::int64_t>(0, wanted < -characters ? 0 : characters + wanted) : std::min(characters, wanted);
}
Cell left(Frame&, const Call& call) {
  const auto count = static_cast<std::int64_t>(character_count(call.text(0)));
  return Cell::text(characters(call.text(0), 0, taken(count, call.integer(1))));
}
Cell right(Frame&, const Call& call) {
  const auto count = static_cast<std::int64_t>(character_count(call.text(0)));
  return Cell::text(characters(call.text(0), count - taken(count, call.integer(1)), count));
}

void overlay(Frame& frame, const Call& call, Buffer& out) {
  const std::string_view text = call.text(0);
  const std::string_view placed = call.text(1);
  const std::int64_t begin = call.integer(2);
  const std::int64_t count = call.size() > 3 ? call.integer(3) : static_cast<std::int64_t>(character_count(placed));
  std::int64_t end = 0;
  if (begin <= 0 || __builtin_add_overflow(begin, count, &end)) {
    frame.fail("negative substring length not allowed");
    return;
  }
  const auto units = static_cast<std::int64_t>(character_count(text));
  out.append(characters(text, 0, std::min(begin - 1, units)));
  out.append(placed);
  out.append(characters(text, std::clamp<std::int64_t>(end - 1, 0, units), units));
}

void replace(Frame& frame, const Call& call, Buffer& out) {
  const std::string_view text = call.text(0);
  const std::string_view from = call.text(1);
  const std::size_t before = out.size();
  std::size_t at = 0;
  if (!from.empty())
    for (std::size_t found = 0; (found = text.find(from, at)) != std::string_view::npos; at = found + from.size()) {
      out.append(text.substr(at, found - at));
      out.append(call.text(2));
      if (out.size() - before > longest_text) {
        frame.fail("the result is too long");
        return;
      }
    }
  out.append(text.substr(at));
}

Cell split_part(Frame& frame, const Call& call) {
  const std::string_view text = call.text(0);
  const std::string_view delimiter = call.text(1);
  std::int64_t wanted = call.integer(2);
  if (wanted == 0) return frame.fail("field position must not be zero");
  if (delimiter.empty()) return Cell::text(wanted == 1 || wanted == -1 ? text : std::string_view());
  if (wanted < 0) {
    // From the end: as often as needed.
    std::size_t end = text.size();
    while (true) {
      const std::size_t found = end >= delimiter.size() ? text.rfind(delimiter, end - delimiter.size()) : std::string_view::npos;
      const std::size_t begin = found == std::string_view::npos ? 0 : found + delimiter.size();
      if (++wanted == 0) return Cell::text(text.substr(begin, end - begin));
      if (found == std::string_view::npos) return Cell::text("");
      end = found;
    }
  }
  for (std::size_t at = 0;;) {
    const std::size_t found = text.find(delimiter, at);
    if (--wanted == 0) return Cell::text(text.substr(at, found == std::string_view::npos ? found : found - at));
    if (found == std::string_view::npos) return Cell::text("");
    at = found + delimiter.size();
  }
}

Cell position(Frame&, const Call& call) {
  const std::size_t found = call.text(0).find(call.text(1));
  return Cell::integer(found == std::string_view::npos ? 0 : static_cast<std::int64_t>(character_count(call.text(0).substr(0, found))) + 1);
}

void reverse(Frame&, const Call& call, Buffer& out) {
  const std::string_view text = call.text(0);
  for (std::size_t end = text.size(); end > 0;) {
    const std::size_t begin = previous_character(text, end);
    out.append(text.substr(begin, end - begin));
    end = begin;
  }
}

void repeat(Frame& frame, const Call& call, Buffer& out) {
  const std::int64_t times = std::max<std::int64_t>(0, call.integer(1));
  if (!call.text(0).empty() && times > static_cast<std::int64_t>(longest_text / call.text(0).size())) {
    frame.fail("the result is too long");
    return;
  }
  if (call.text(0).empty()) return;
  for (std::int64_t count = 0; count < times; ++count) out.append(call.text(0));
}

void translate(Frame&, const Call& call, Buffer& out) {
  const std::string_view text = call.text(0);
  const std::string_view from = call.text(1);
  const std::string_view to = call.text(2);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    next_character(text, at);
    const std::string_view character = text.substr(begin, at - begin);
    std::size_t target = 0;
    bool found = false;
    for (std::size_t source = 0; source < from.size() && !found;) {
      const std::size_t source_begin = source;
      next_character(from, source);
      found = from.substr(source_begin, source - source_begin) == character;
      if (!found && target < to.size())
        next_character(to, target);
      else if (!found)
        target = to.size();
    }
    if (!found) {
      out.append(character);
    } else if (target < to.size()) {
      const std::size_t target_begin = target;
      next_character(to, target);
      out.append(to.substr(target_begin, target - target_begin));
    }
  }
}

Cell ascii(Frame&, const Call& call) {
  std::size_t at = 0;
  return Cell::integer(call.text(0).empty() ? 0 : static_cast<std::int64_t>(next_character(call.text(0), at)));
}

void chr(Frame& frame, const Call& call, Buffer& out) {
  const std::int64_t value = call.integer(0);
  if (value <= 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
    frame.fail("chr(): there is no such character");
  else
    append_character(out, static_cast<std::uint32_t>(value));
}

Cell starts_with(Frame&, const Call& call) { return Cell::boolean(call.text(0).starts_with(call.text(1))); }

}  // namespace

std::vector<Function> text_functions() {
  using enum Sql;
  return {
      write("lower", {text}, lower, "lower(text): small letters, by Unicode's simple mapping"),
      write("upper", {text}, upper, "upper(text): capital letters, by Unicode's simple mapping"),
      write("initcap", {text}, initcap, "initcap(text): each word with a capital letter"),
      run("btrim", {text}, text, trim_function<true, true>, "trim(text), btrim(text): without spaces at both ends"),
      run("btrim", {text, text}, text, trim_function<true, true>, "trim(both characters from text), btrim(text, characters)"),
      run("ltrim", {text}, text, trim_function<true, false>,
          "ltrim(text), ltrim(text, characters), trim(leading from text): at the beginning"),
      run("ltrim", {text, text}, text, trim_function<true, false>),
      run("rtrim", {text}, text, trim_function<false, true>, "rtrim(text), rtrim(text, characters), trim(trailing from text): at the end"),
      run("rtrim", {text, text}, text, trim_function<false, true>),
      write("lpad", {text, int8}, pad<true>, "lpad(text, length), lpad(text, length, fill): filled in front; a longer text is cut"),
      write("lpad", {text, int8, text}, pad<true>),
      write("rpad", {text, int8}, pad<false>, "rpad(text, length), rpad(text, length, fill): filled behind; a longer text is cut"),
      write("rpad", {text, int8, text}, pad<false>),
      run("length", {text}, int4, length, "length(text), char_length(text), character_length(text): characters"),
      run("length", {bpchar}, int4, padded_length),
      run("length", {bytea}, int4, octet_length, "length(bytea): bytes"),
      run("char_length", {text}, int4, length),
      run("char_length", {bpchar}, int4, padded_length),
      run("character_length", {text}, int4, length),
      run("character_length", {bpchar}, int4, padded_length),
      run("octet_length", {text}, int4, octet_length, "octet_length(text or bytea): bytes"),
      run("octet_length", {bpchar}, int4, octet_length),
      run("octet_length", {bytea}, int4, octet_length),
      run("bit_length", {text}, int4, bit_length, "bit_length(text or bytea)"),
      run("bit_length", {bytea}, int4, bit_length),
      run("substring", {text, int8}, text, substring,
          "substring(text from n for count), substring(text, n, count), substr(...): characters from the n-th, which is 1"),
      run("substring", {text, int8, int8}, text, substring),
      run("substring", {bytea, int8}, bytea, substring_of_bytes, "substring(bytea, n, count): bytes"),
      run("substring", {bytea, int8, int8}, bytea, substring_of_bytes),
      run("substr", {text, int8}, text, substring),
      run("substr", {text, int8, int8}, text, substring),
      run("substr", {bytea, int8}, bytea, substring_of_bytes),
      run("substr", {bytea, int8, int8}, bytea, substring_of_bytes),
      run("left", {text, int8}, text, left, "left(text, n): the first n characters; without the last -n where n is negative"),
      run("right", {text, int8}, text, right, "right(text, n): the last n characters; without the first -n where n is negative"),
      write("overlay", {text, text, int8}, overlay, "overlay(text placing part from n for count)"),
      write("overlay", {text, text, int8, int8}, overlay),
      write("replace", {text, text, text}, replace, "replace(text, from, to): every occurrence"),
      run("split_part", {text, text, int8}, text, split_part,
          "split_part(text, delimiter, n): the n-th part, from 1; from the end where n is negative"),
      run("position", {text, text}, int4, position,
          "position(part in text), strpos(text, part): where it begins, from 1; 0 where it is not"),
      run("strpos", {text, text}, int4, position),
      write("reverse", {text}, reverse, "reverse(text): characters in the opposite order"),
      write("repeat", {text, int8}, repeat, "repeat(text, n)"),
      write("translate", {text, text, text}, translate, "translate(text, from, to): character by character"),
      run("ascii", {text}, int4, ascii, "ascii(text): the first character's code point"),
      write("chr", {int8}, chr, "chr(number): the character of that code point"),
      run("starts_with", {text, text}, boolean, starts_with, "starts_with(text, beginning), text ^@ beginning"),
      run("^@", {text, text}, boolean, starts_with),
  };
}

}  // namespace itemize::expr
