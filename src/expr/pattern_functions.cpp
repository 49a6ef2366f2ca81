// LIKE, regular expressions, SIMILAR TO.
#include <string>
#include <vector>

#include "expr/functions.h"
#include "expr/pattern.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

using row::Cell;

Cell like_result(Frame& frame, std::optional<bool> result, bool wanted) {
  return result ? Cell::boolean(*result == wanted) : frame.fail("LIKE pattern must not end with escape character");
}

template <bool Wanted>
Cell like_operator(Frame& frame, const Call& call) {
  if (call.size() < 3) return like_result(frame, like(call.text(0), call.text(1)), Wanted);
  if (character_count(call.text(2)) > 1) return frame.fail("invalid escape string: it must be one character or empty");
  return like_result(frame, like(call.text(0), call.text(1), call.text(2)), Wanted);
}

template <bool Wanted>
Cell ilike_operator(Frame& frame, const Call& call) {
  if (call.size() > 2 && character_count(call.text(2)) > 1) return frame.fail("invalid escape string: it must be one character or empty");
  return like_result(frame, like(map_case(call.text(0), false), map_case(call.text(1), false), call.size() > 2 ? call.text(2) : "\\"),
                     Wanted);
}

// --- regular expressions: compiled once, from a literal ------------------------------------------------------------------------

Prepared shared(std::expected<Pattern, std::string> pattern) {
  if (!pattern) return std::unexpected(std::move(pattern).error());
  return std::make_shared<const Pattern>(*std::move(pattern));
}
using Literals = std::span<const std::string_view>;
/// The pattern, and its flags where they are given.
std::string flags_of(Literals literals, std::string_view first = "") {
  return std::string(first) + std::string(literals.size() > 1 ? literals[1] : std::string_view());
}
Prepared test_pattern(Literals literals) { return shared(Pattern::compile(literals[0], flags_of(literals), Pattern::Use::test)); }
Prepared test_pattern_without_case(Literals literals) { return shared(Pattern::compile(literals[0], "i", Pattern::Use::test)); }
Prepared find_pattern(Literals literals) { return shared(Pattern::compile(literals[0], flags_of(literals), Pattern::Use::find)); }
Prepared similar_pattern(Literals literals) {
  const std::string_view escape = literals.size() > 1 ? literals[1] : "\\";
  if (character_count(escape) > 1) return std::unexpected("the escape of SIMILAR TO is one character or empty");
  return shared(Pattern::similar(literals[0], escape));
}

/// The text that is searched; an empty one is a place too, where a group that took no part is none.
std::string_view subject_of(const Call& call) { return call.text(0).empty() ? std::string_view("") : call.text(0); }

const Pattern& pattern_of(const Call& call) { return *static_cast<const Pattern*>(call.prepared); }

template <bool Wanted>
Cell regex_operator(Frame&, const Call& call) {
  return Cell::boolean(pattern_of(call).matches(call.text(0)) == Wanted);
}

/// substring(text from pattern): the first group, or the whole match.
Cell regex_substring(Frame&, const Call& call) {
  std::vector<std::string_view> parts;
  if (!pattern_of(call).find(subject_of(call), 0, parts)) return {};
  const std::string_view part = parts.size() > 1 ? parts[1] : parts[0];
  return part.data() == nullptr ? Cell{} : Cell::text(part);
}

Cell regex_match(Frame& frame, const Call& call) {
  std::vector<std::string_view> parts;
  if (!pattern_of(call).find(subject_of(call), 0, parts)) return {};
  std::vector<Cell> cells;
  for (std::size_t index = parts.size() > 1 ? 1 : 0; index < parts.size(); ++index)
    cells.push_back(parts[index].data() == nullptr ? Cell{} : Cell::text(parts[index]));
  return frame.array(cells);
}

/// What \1, \& and \\ in a replacement stand for.
void append_replacement(Buffer& out, std::string_view replacement, const std::vector<std::string_view>& parts) {
  for (std::size_t at = 0; at < replacement.size(); ++at) {
    if (replacement[at] != '\\' || at + 1 >= replacement.size()) {
      out.append(replacement[at]);
      continue;
    }
    const char next = replacement[++at];
    if (next == '&') {
      out.append(parts[0]);
    } else if (next >= '1' && next <= '9') {
      const auto group = static_cast<std::size_t>(next - '0');
      if (group < parts.size()) out.append(parts[group]);
    } else if (next == '\\') {
      out.append('\\');
    } else {
      out.append('\\');
      out.append(next);
    }
  }
}

void replace_matches(Frame& frame, const Call& call, const Pattern& pattern, Buffer& out) {
  const std::string_view text = subject_of(call);
  const std::size_t begin = out.size();
  std::vector<std::string_view> parts;
  std::size_t copied = 0;
  std::size_t from = 0;
  while (from <= text.size() && pattern.find(text, from, parts)) {
    const auto match = static_cast<std::size_t>(parts[0].data() - text.data());
    out.append(text.substr(copied, match - copied));
    append_replacement(out, call.text(2), parts);
    copied = match + parts[0].size();
    from = copied;
    if (!pattern.global()) break;
    if (parts[0].empty()) {
      // An empty match: the next search begins one character on.
      if (from >= text.size()) break;
      next_character(text, from);
      out.append(text.substr(copied, from - copied));
      copied = from;
    }
    if (out.size() - begin > longest_text) {
      frame.fail("the result is too long");
      return;
    }
  }
  out.append(text.substr(copied));
}

void regex_replace(Frame& frame, const Call& call, Buffer& out) { replace_matches(frame, call, pattern_of(call), out); }

}  // namespace

std::vector<Function> pattern_functions() {
  using enum Sql;
  const auto regex = [](Function function, Prepare prepare = test_pattern) { return prepared(std::move(function), prepare, {1}, true); };
  const auto with_flags = [](Function function, Prepare prepare, std::size_t flags) {
    return prepared(std::move(function), prepare, {1, flags}, true);
  };
  return {
      run("~~", {text, text}, boolean, like_operator<true>, "text LIKE pattern, text NOT LIKE pattern, ... ESCAPE character"),
      run("~~", {bpchar, text}, boolean, like_operator<true>),
      run("~~", {text, text, text}, boolean, like_operator<true>),
      run("!~~", {text, text}, boolean, like_operator<false>),
      run("!~~", {bpchar, text}, boolean, like_operator<false>),
      run("!~~", {text, text, text}, boolean, like_operator<false>),
      run("~~*", {text, text}, boolean, ilike_operator<true>, "text ILIKE pattern, text NOT ILIKE pattern: without regard to case"),
      run("!~~*", {text, text}, boolean, ilike_operator<false>),
      run("~~*", {text, text, text}, boolean, ilike_operator<true>),
      run("!~~*", {text, text, text}, boolean, ilike_operator<false>),
      regex(run("~", {text, text}, boolean, regex_operator<true>, "text ~ 'regular expression', !~; ~*, !~* without regard to case")),
      regex(run("!~", {text, text}, boolean, regex_operator<false>)),
      regex(run("~*", {text, text}, boolean, regex_operator<true>), test_pattern_without_case),
      regex(run("!~*", {text, text}, boolean, regex_operator<false>), test_pattern_without_case),
      regex(run("similar to", {text, text}, boolean, regex_operator<true>, "text SIMILAR TO 'pattern'"), similar_pattern),
      regex(run("not similar to", {text, text}, boolean, regex_operator<false>), similar_pattern),
      with_flags(run("similar to", {text, text, text}, boolean, regex_operator<true>), similar_pattern, 2),
      with_flags(run("not similar to", {text, text, text}, boolean, regex_operator<false>), similar_pattern, 2),
      regex(run("regexp_like", {text, text}, boolean, regex_operator<true>,
                "regexp_like(text, 'regular expression', 'flags'): flag i is without regard to case")),
      with_flags(run("regexp_like", {text, text, text}, boolean, regex_operator<true>), test_pattern, 2),
      regex(run("substring", {text, text}, text, regex_substring,
                "substring(text from 'regular expression'): the first group, or the whole match"),
            find_pattern),
      regex(run("regexp_match", {text, text}, text_array, regex_match,
                "regexp_match(text, 'regular expression'): the groups as an array, or the whole match"),
            find_pattern),
      regex(write("regexp_replace", {text, text, text}, regex_replace,
                  "regexp_replace(text, 'regular expression', replacement, 'flags'): the first match, all with flag g; flag i: no case"),
            find_pattern),
      with_flags(write("regexp_replace", {text, text, text, text}, regex_replace), find_pattern, 3),
  };
}

}  // namespace itemize::expr
