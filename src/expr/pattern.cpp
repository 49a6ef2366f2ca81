#include "expr/pattern.h"

#include <re2/re2.h>

#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

/// What a compiled pattern may occupy; RE2 refuses what needs more.
constexpr std::int64_t most_memory = 4 << 20;
/// PostgreSQL's own bound of {m,n}.
constexpr int most_repetitions = 255;

/// Writes a PostgreSQL pattern in RE2's words, piece by piece; `problem` is set where that cannot be done.
class Translator {
 public:
  Translator(std::string_view pattern, bool finds) : pattern_(pattern), finds_(finds) {}

  std::expected<std::string, std::string> run() {
    if (pattern_.starts_with("***")) return std::unexpected("a pattern that begins with *** is not supported");
    if (pattern_.starts_with("(?") && !pattern_.starts_with("(?:"))
      return std::unexpected("options within the pattern, and look-around, are not supported: use ~* for no case");
    while (at_ < pattern_.size() && problem_.empty()) piece();
    if (problem_.empty() && groups_ > 0) problem_ = "a parenthesis is not closed";
    if (!problem_.empty()) return std::unexpected(problem_);
    return std::move(out_);
  }

 private:
  void wrong(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }
  bool next_is(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }

  void piece() {
    const char byte = pattern_[at_];
    switch (byte) {
      case '\\':
        escape();
        break;
      case '[':
        bracket();
        break;
      case '(':
        if (next_is("(?") && !next_is("(?:")) return wrong("look-around is not supported");
        out_ += next_is("(?:") ? "(?:" : "(";
        at_ += next_is("(?:") ? 3 : 1;
        ++groups_;
        may_repeat_ = false;
        break;
      case ')':
        if (groups_ == 0) return wrong("a parenthesis is closed that was not opened");
        --groups_;
        copy(true);
        break;
      case '*':
      case '+':
      case '?':
        quantifier(std::string(1, byte));
        break;
      case '{':
        bound();
        break;
      case '|':
        copy(false);
        break;
      case '^':
      case '$':
        copy(false);
        break;
      default:
        copy(true);
        break;
    }
  }
  void copy(bool may_repeat) {
    out_ += pattern_[at_++];
    may_repeat_ = may_repeat;
  }

  void quantifier(std::string text) {
    if (!may_repeat_) return wrong("a quantifier (* + ? {}) has nothing to repeat");
    at_ += text.size();
    if (at_ < pattern_.size() && pattern_[at_] == '?') {
      if (finds_) return wrong("lazy quantifiers (such as *?) are supported by ~ only: what they find depends on the engine");
      text += '?';
      ++at_;
    }
    out_ += text;
    may_repeat_ = false;
  }

  void bound() {
    if (at_ + 1 >= pattern_.size() || pattern_[at_ + 1] < '0' || pattern_[at_ + 1] > '9') {
      out_ += "\\{";
      ++at_;
      may_repeat_ = true;
      return;
    }
    const std::size_t end = pattern_.find('}', at_);
    if (end == std::string_view::npos) return wrong("a brace is not closed");
    const std::string_view inside = pattern_.substr(at_ + 1, end - at_ - 1);
    if (inside.find_first_not_of("0123456789,") != std::string_view::npos || inside.find(',') != inside.rfind(',') || inside.size() > 7)
      return wrong("a repetition is written {m}, {m,} or {m,n}");
    const int least = std::atoi(std::string(inside).c_str());
    const std::size_t comma = inside.find(',');
    const int most =
        comma == std::string_view::npos || comma + 1 == inside.size() ? least : std::atoi(std::string(inside.substr(comma + 1)).c_str());
    if (least > most_repetitions || most > most_repetitions || most < least) return wrong("a repetition is from 0 to 255 times");
    quantifier(std::string(pattern_.substr(at_, end - at_ + 1)));
  }

  /// \ outside and inside of brackets.
  void escape() {
    if (at_ + 1 >= pattern_.size()) return wrong("a pattern cannot end with a backslash");
    const char letter = pattern_[at_ + 1];
    at_ += 2;
    may_repeat_ = true;
    const bool alphanumeric = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (!alphanumeric) {
      // A byte of a longer character, or a sign that stands for itself.
      if ((letter & 0x80) == 0) out_ += '\\';
      out_ += letter;
      return;
    }
    switch (letter) {
      case 'd':
      case 'D':
      case 's':
      case 'S':
      case 'w':
      case 'W':
        out_ += in_bracket_ && std::isupper(static_cast<unsigned char>(letter)) != 0
                    ? (wrong("\\D, \\S and \\W have no place in brackets"), "")
                : letter == 's' ? (in_bracket_ ? "[:space:]" : "[[:space:]]")
                : letter == 'S' ? "[^[:space:]]"
                : letter == 'd' ? "\\d"
                : letter == 'D' ? "\\D"
                : letter == 'w' ? "\\w"
                                : "\\W";
        return;
      case 'a':
        out_ += "\\x07";
        return;
      case 'b':
        out_ += "\\x08";
        return;
      case 'B':
        out_ += "\\\\";
        return;
      case 'e':
        out_ += "\\x1b";
        return;
      case 'f':
        out_ += "\\f";
        return;
      case 'n':
        out_ += "\\n";
        return;
      case 'r':
        out_ += "\\r";
        return;
      case 't':
        out_ += "\\t";
        return;
      case 'v':
        out_ += "\\v";
        return;
      case 'u':
        return code_point(4);
      case 'U':
        return code_point(8);
      default:
        break;
    }
    if (in_bracket_) return wrong(std::string("the escape \\") + letter + " has no place in brackets");
    may_repeat_ = false;
    if (letter == 'A')
      out_ += "\\A";
    else if (letter == 'Z')
      out_ += "\\z";
    else if (letter == 'y')
      out_ += "\\b";
    else if (letter == 'Y')
      out_ += "\\B";
    else if (letter >= '1' && letter <= '9')
      wrong("back references are not supported");
    else
      wrong(std::string("the escape \\") + letter + " is not supported");
  }

  void code_point(std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t count = 0; count < digits; ++count, ++at_) {
      if (at_ >= pattern_.size() || hex_digit(pattern_[at_]) < 0) return wrong("\\u needs four hexadecimal digits, \\U eight");
      value = value << 4 | static_cast<std::uint32_t>(hex_digit(pattern_[at_]));
    }
    if (value == 0 || value > 0x10FFFF) return wrong("there is no character of this number");
    char text[16];
    std::snprintf(text, sizeof text, "\\x{%x}", value);
    out_ += text;
  }

  /// [...]: what RE2 would read otherwise is escaped.
  void bracket() {
    out_ += '[';
    ++at_;
    in_bracket_ = true;
    if (at_ < pattern_.size() && pattern_[at_] == '^') {
      out_ += '^';
      ++at_;
    }
    for (bool first = true; problem_.empty(); first = false) {
      if (at_ >= pattern_.size()) return wrong("a bracket is not closed");
      const char byte = pattern_[at_];
      if (byte == ']' && !first) break;
      if (byte == '\\') {
        escape();
      } else if (next_is("[:")) {
        const std::size_t end = pattern_.find(":]", at_);
        const std::string name(end == std::string_view::npos ? std::string_view() : pattern_.substr(at_, end - at_ + 2));
        if (!known_class(name)) return wrong("this character class is not known");
        out_ += name;
        at_ += name.size();
      } else if (next_is("[.") || next_is("[=")) {
        return wrong("collating elements ([. .], [= =]) are not supported");
      } else {
        if (byte == '[' || byte == ']' || byte == '^' || byte == '&' || byte == '~') out_ += '\\';
        out_ += byte;
        ++at_;
      }
    }
    if (!problem_.empty()) return;
    out_ += ']';
    ++at_;
    in_bracket_ = false;
    may_repeat_ = true;
  }
  static bool known_class(std::string_view name) {
    for (const char* known : {"[:alpha:]", "[:upper:]", "[:lower:]", "[:digit:]", "[:xdigit:]", "[:alnum:]", "[:space:]", "[:blank:]",
                              "[:punct:]", "[:print:]", "[:graph:]", "[:cntrl:]"})
      if (name == known) return true;
    return false;
  }

  std::string_view pattern_;
  bool finds_;
  std::size_t at_ = 0;
  int groups_ = 0;
  bool in_bracket_ = false;
  bool may_repeat_ = false;
  std::string out_;
  std::string problem_;
};

std::string quoted(std::string_view text) { return RE2::QuoteMeta(re2::StringPiece(text.data(), text.size())); }

}  // namespace

struct Pattern::Engine {
  Engine(const std::string& pattern, const RE2::Options& options) : regex(pattern, options) {}
  RE2 regex;
};

Pattern::Pattern() = default;
Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::expected<Pattern, std::string> Pattern::compile(std::string_view pattern, std::string_view flags, Use use) {
  Pattern result;
  RE2::Options options;
  options.set_max_mem(most_memory);
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_never_capture(false);
  options.set_longest_match(use == Use::find);
  bool literal = false;
  for (const char flag : flags) {
    if (flag == 'g' && use == Use::find)
      result.global_ = true;
    else if (flag == 'i')
      options.set_case_sensitive(false);
    else if (flag == 'c')
      options.set_case_sensitive(true);
    else if (flag == 'q')
      literal = true;
    else if (flag != 's' && flag != 't')
      return std::unexpected(std::string("the flag '") + flag + "' is not supported: i, c, g and q are");
  }
  std::expected<std::string, std::string> translated = literal ? quoted(pattern) : Translator(pattern, use == Use::find).run();
  if (!translated) return std::unexpected("the regular expression '" + std::string(pattern.substr(0, 100)) + "': " + translated.error());
  result.engine_ = std::make_unique<Engine>(*translated, options);
  if (!result.engine_->regex.ok())
    return std::unexpected("the regular expression '" + std::string(pattern.substr(0, 100)) +
                           "' is not valid: " + result.engine_->regex.error());
  return result;
}

std::expected<Pattern, std::string> Pattern::similar(std::string_view pattern, std::string_view escape) {
  std::string translated = "\\A(?:";
  bool in_bracket = false;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t begin = at;
    next_character(pattern, at);
    const std::string_view character = pattern.substr(begin, at - begin);
    if (!escape.empty() && character == escape) {
      if (at >= pattern.size()) return std::unexpected("the SIMILAR pattern ends with its escape character");
      const std::size_t quoted_begin = at;
      next_character(pattern, at);
      const std::string_view escaped = pattern.substr(quoted_begin, at - quoted_begin);
      if (escaped == "\"") return std::unexpected("the SIMILAR pattern holds a separator, which is not supported");
      translated += std::isalnum(static_cast<unsigned char>(escaped[0])) != 0 ? std::string(escaped) : "\\" + std::string(escaped);
    } else if (in_bracket) {
      if (character == "\\") translated += '\\';
      translated += character;
      in_bracket = character != "]";
    } else if (character == "[") {
      translated += '[';
      in_bracket = true;
    } else if (character == "%") {
      translated += ".*";
    } else if (character == "_") {
      translated += '.';
    } else if (character == "(") {
      translated += "(?:";
    } else if (character == "\\" || character == "." || character == "^" || character == "$") {
      translated += '\\';
      translated += character;
    } else {
      translated += character;
    }
  }
  return compile(translated + ")\\Z", "", Use::test);
}

int Pattern::groups() const { return engine_->regex.NumberOfCapturingGroups(); }

bool Pattern::matches(std::string_view text) const { return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), engine_->regex); }

bool Pattern::find(std::string_view text, std::size_t from, std::vector<std::string_view>& parts) const {
  const int count = groups() + 1;
  std::vector<re2::StringPiece> pieces(static_cast<std::size_t>(count));
  if (!engine_->regex.Match(re2::StringPiece(text.data(), text.size()), from, text.size(), RE2::UNANCHORED, pieces.data(), count))
    return false;
  parts.clear();
  for (const re2::StringPiece& piece : pieces) parts.emplace_back(piece.data(), piece.size());
  return true;
}

std::optional<bool> like(std::string_view text, std::string_view pattern, std::string_view escape) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star_p = std::string_view::npos;
  std::size_t star_t = 0;
  const auto escaped = [&](std::size_t at) { return !escape.empty() && pattern.substr(at).starts_with(escape); };
  while (t < text.size()) {
    bool matched = false;
    if (p < pattern.size() && escaped(p)) {
      const std::size_t literal = p + escape.size();
      if (literal >= pattern.size()) return std::nullopt;
      if (pattern[literal] == text[t]) {
        ++t;
        p = literal + 1;
        matched = true;
      }
    } else if (p < pattern.size() && pattern[p] == '%') {
      star_p = ++p;
      star_t = t;
      continue;
    } else if (p < pattern.size() && pattern[p] == '_') {
      next_character(text, t);
      ++p;
      matched = true;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++t;
      ++p;
      matched = true;
    }
    if (matched) continue;
    if (star_p == std::string_view::npos) return false;
    next_character(text, star_t);
    t = star_t;
    p = star_p;
  }
  while (p < pattern.size() && pattern[p] == '%' && !escaped(p)) ++p;
  return p == pattern.size();
}

}  // namespace itemize::expr
