#include "expr/json_text.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "expr/text_basics.h"
#include "expr/value.h"

namespace itemize::expr {
namespace {

/// PostgreSQL's own stack allows some thousands.
constexpr int deepest = 500;

/// A reader of JSON that stops at the first mistake.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  const char* problem() const { return problem_; }
  std::string_view from(std::size_t begin) const { return text_.substr(begin, at_ - begin); }
  char peek() {
    space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool at_end() {
    space();
    return at_ == text_.size();
  }
  bool skip(char byte) {
    if (peek() != byte || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  /// Over one value; its text is from(begin) with `begin` set.
  bool value(std::size_t& begin, int depth = 0) {
    const char first = peek();
    begin = at_;
    if (depth > deepest) return fail("it is nested too deep");
    if (first == '{') return object(depth);
    if (first == '[') return array(depth);
    if (first == '"') return string();
    if (first == '-' || (first >= '0' && first <= '9')) return number();
    return word("true") || word("false") || word("null") || fail("a value is missing or not known");
  }

  bool string() {
    if (!skip('"')) return fail("a string is missing");
    for (; at_ < text_.size(); ++at_) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte == '"') return ++at_, true;
      if (byte < 0x20) return fail("a control character must be escaped");
      if (byte == '\\' && !escape()) return false;
    }
    return fail("a string has no end");
  }

 private:
  bool fail(const char* what) {
    if (problem_ == nullptr) problem_ = what;
    return false;
  }
  void space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }
  bool word(std::string_view name) {
    if (!text_.substr(at_).starts_with(name)) return false;
    const std::size_t end = at_ + name.size();
    if (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '_')) return false;
    at_ = end;
    return true;
  }
  bool escape() {
    if (++at_ >= text_.size()) return fail("a string has no end");
    if (text_[at_] != 'u')
      return std::string_view("\"\\/bfnrt").find(text_[at_]) != std::string_view::npos || fail("an escape sequence is not known");
    for (int digit = 0; digit < 4; ++digit)
      if (++at_ >= text_.size() || hex_digit(text_[at_]) < 0) return fail("\\u needs four hexadecimal digits");
    return true;
  }
  std::size_t digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ - begin;
  }
  bool number() {
    if (text_[at_] == '-') ++at_;
    const std::size_t begin = at_;
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && text_[begin] == '0')) return fail("a number is malformed");
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (digits() == 0) return fail("a number is malformed");
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (digits() == 0) return fail("a number is malformed");
    }
    return (at_ >= text_.size() || (std::isalnum(static_cast<unsigned char>(text_[at_])) == 0 && text_[at_] != '.')) ||
           fail("a number is malformed");
  }
  bool object(int depth) {
    skip('{');
    if (skip('}')) return true;
    do {
      std::size_t begin = 0;
      if (peek() != '"' || !string()) return fail("a member's name is missing");
      if (!skip(':')) return fail("':' is missing");
      if (!value(begin, depth + 1)) return false;
    } while (skip(','));
    return skip('}') || fail("an object has no end");
  }
  bool array(int depth) {
    skip('[');
    if (skip(']')) return true;
    do {
      std::size_t begin = 0;
      if (!value(begin, depth + 1)) return false;
    } while (skip(','));
    return skip(']') || fail("an array has no end");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  const char* problem_ = nullptr;
};

bool same_name(std::string_view quoted, std::string_view name) {
  if (quoted.find('\\') == std::string_view::npos) return quoted.substr(1, quoted.size() - 2) == name;
  Buffer plain;
  append_unescaped(plain, quoted);
  return plain.view() == name;
}

std::uint32_t four_digits(std::string_view text) {
  std::uint32_t value = 0;
  for (int digit = 0; digit < 4; ++digit) value = value << 4 | static_cast<std::uint32_t>(hex_digit(text[static_cast<std::size_t>(digit)]));
  return value;
}

/// \uXXXX at text[at] == 'u'; a pair of surrogates is one character. Leaves `at` on the last digit.
std::uint32_t unicode_escape(std::string_view text, std::size_t& at) {
  std::uint32_t value = four_digits(text.substr(at + 1));
  at += 4;
  const bool high = value >= 0xD800 && value < 0xDC00;
  if (high && at + 6 < text.size() && text[at + 1] == '\\' && text[at + 2] == 'u') {
    const std::uint32_t low = four_digits(text.substr(at + 3));
    if (low >= 0xDC00 && low < 0xE000) {
      at += 6;
      value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
    }
  }
  return value;
}

/// Writes a document that is known to be valid in jsonb's form.
class Normalizer {
 public:
  Normalizer(std::string_view text, Buffer& out) : scan_(text), out_(out) {}

  /// False: it holds what jsonb cannot: \u0000, half a surrogate pair, a number beyond numeric.
  bool value() {
    const char first = scan_.peek();
    if (first == '{') return object();
    if (first == '[') return array();
    std::size_t begin = 0;
    scan_.value(begin);
    const std::string_view text = scan_.from(begin);
    if (first == '"') return string(text);
    if (first == 't' || first == 'f' || first == 'n') {
      out_.append(text);
      return true;
    }
    const std::optional<Decimal> number = parse_decimal(text);
    if (number) out_.append(text_with_scale(*number));
    return number.has_value();
  }

 private:
  bool string(std::string_view quoted) {
    Buffer plain;
    append_unescaped(plain, quoted);
    append_json_string(out_, plain.view());
    // A lone surrogate was written as three bytes that are no UTF-8.
    const std::string_view text = plain.view();
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\0') return false;
      if (static_cast<unsigned char>(text[at]) == 0xED && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0)
        return false;
    }
    return true;
  }
  bool array() {
    scan_.skip('[');
    out_.append('[');
    if (!scan_.skip(']')) {
      bool any = false;
      do {
        if (std::exchange(any, true)) out_.append(", ");
        if (!value()) return false;
      } while (scan_.skip(','));
      scan_.skip(']');
    }
    out_.append(']');
    return true;
  }
  bool object() {
    struct Member {
      std::string name;
      std::string_view value;
    };
    std::vector<Member> members;
    scan_.skip('{');
    if (!scan_.skip('}')) {
      do {
        scan_.peek();
        const std::size_t name_begin = scan_.at();
        scan_.string();
        Buffer name;
        append_unescaped(name, scan_.from(name_begin));
        if (name.view().find('\0') != std::string_view::npos) return false;
        scan_.skip(':');
        std::size_t begin = 0;
        scan_.value(begin);
        members.push_back({std::string(name.view()), scan_.from(begin)});
      } while (scan_.skip(','));
      scan_.skip('}');
    }
    std::ranges::stable_sort(members, [](const Member& a, const Member& b) {
      return a.name.size() != b.name.size() ? a.name.size() < b.name.size() : a.name < b.name;
    });
    out_.append('{');
    bool any = false;
    for (std::size_t index = 0; index < members.size(); ++index) {
      if (index + 1 < members.size() && members[index + 1].name == members[index].name) continue;  // the last counts
      if (std::exchange(any, true)) out_.append(", ");
      append_json_string(out_, members[index].name);
      out_.append(": ");
      if (!Normalizer(members[index].value, out_).value()) return false;
    }
    out_.append('}');
    return true;
  }

  Scanner scan_;
  Buffer& out_;
};

}  // namespace

std::optional<std::string> json_problem(std::string_view document) {
  Scanner scan(document);
  std::size_t begin = 0;
  if (!scan.value(begin)) return std::string(scan.problem());
  return scan.at_end() ? std::nullopt : std::optional<std::string>("something follows the document");
}

JsonPart json_member(std::string_view document, std::string_view name) {
  Scanner scan(document);
  JsonPart part;
  if (!scan.skip('{') || scan.skip('}')) return part;
  do {
    scan.peek();
    const std::size_t name_begin = scan.at();
    if (!scan.string()) return {false, {}};
    const bool wanted = same_name(scan.from(name_begin), name);
    std::size_t begin = 0;
    if (!scan.skip(':') || !scan.value(begin)) return {false, {}};
    if (wanted) part.text = scan.from(begin);
  } while (scan.skip(','));
  part.valid = scan.skip('}');
  return part;
}

JsonPart json_element(std::string_view document, std::int64_t index) {
  if (index < 0) {
    const std::int64_t length = json_length(document);
    if (length < 0 || index < -length) return {};
    index += length;
  }
  Scanner scan(document);
  if (!scan.skip('[') || scan.skip(']')) return {};
  do {
    std::size_t begin = 0;
    if (!scan.value(begin)) return {false, {}};
    if (index-- == 0) return {true, scan.from(begin)};
  } while (scan.skip(','));
  return {};
}

std::int64_t json_length(std::string_view document) {
  Scanner scan(document);
  if (!scan.skip('[')) return -1;
  if (scan.skip(']')) return 0;
  std::int64_t count = 0;
  do {
    std::size_t begin = 0;
    if (!scan.value(begin)) return -1;
    ++count;
  } while (scan.skip(','));
  return count;
}

std::string_view json_kind(std::string_view document) {
  switch (Scanner(document).peek()) {
    case '{':
      return "object";
    case '[':
      return "array";
    case '"':
      return "string";
    case 't':
    case 'f':
      return "boolean";
    case 'n':
      return "null";
    default:
      return "number";
  }
}

void append_unescaped(Buffer& out, std::string_view quoted) {
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 >= text.size()) {
      out.append(text[at]);
      continue;
    }
    switch (text[++at]) {
      case 'b':
        out.append('\b');
        break;
      case 'f':
        out.append('\f');
        break;
      case 'n':
        out.append('\n');
        break;
      case 'r':
        out.append('\r');
        break;
      case 't':
        out.append('\t');
        break;
      case 'u':
        if (at + 4 < text.size()) append_character(out, unicode_escape(text, at));
        break;
      default:
        out.append(text[at]);
    }
  }
}

void append_json_string(Buffer& out, std::string_view text) {
  out.append('"');
  for (const char byte : text) {
    switch (byte) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\b':
        out.append("\\b");
        break;
      case '\f':
        out.append("\\f");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20) {
          constexpr char hex[] = "0123456789abcdef";
          out.append("\\u00");
          out.append(hex[byte >> 4]);
          out.append(hex[byte & 15]);
        } else {
          out.append(byte);
        }
    }
  }
  out.append('"');
}

row::Cell normalized_json(Frame& frame, std::string_view document) {
  if (const auto problem = json_problem(document)) return frame.fail("the text is not valid JSON: " + *problem);
  Buffer out;
  if (!Normalizer(document, out).value()) return frame.fail("jsonb cannot hold this document: a character or a number is beyond its range");
  return frame.bytes(row::CellKind::json, out.view());
}

}  // namespace itemize::expr
