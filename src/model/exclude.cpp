// Reads just enough of two `where` expressions to see that no row satisfies both.
#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "model/key_proof.h"

namespace itemize::model {

namespace {

enum class TokenKind { name, quoted_name, string, number, symbol };

struct Token {
  TokenKind kind;
  std::string text;  // names as written, strings and quoted names unquoted
  friend bool operator==(const Token&, const Token&) = default;
};
using Tokens = std::vector<Token>;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
std::string upper(std::string_view text) {
  std::string result;
  for (const char c : text) result += c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  return result;
}
bool is_word(const Token& token, std::string_view word) { return token.kind == TokenKind::name && upper(token.text) == word; }
bool is_symbol(const Token& token, std::string_view symbol) { return token.kind == TokenKind::symbol && token.text == symbol; }

/// Text between quotes, doubled ones undone; nullopt where they do not close.
std::optional<std::string> quoted(std::string_view text, std::size_t& at) {
  const char quote = text[at++];
  std::string result;
  for (; at < text.size(); ++at) {
    if (text[at] != quote)
      result += text[at];
    else if (at + 1 < text.size() && text[at + 1] == quote)
      result += text[at++];
    else
      return ++at, result;
  }
  return std::nullopt;
}

/// nullopt for anything that this small reader does not know: comments, E'' strings, dollar quotes, letters beyond ASCII.
std::optional<Tokens> tokenize(std::string_view text) {
  Tokens tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (c == '\'' || c == '"') {
      const bool glued = at > 0 && (is_name_start(text[at - 1]) || text[at - 1] == '&');
      if (glued) return std::nullopt;
      auto inside = quoted(text, at);
      if (!inside) return std::nullopt;
      tokens.push_back({c == '"' ? TokenKind::quoted_name : TokenKind::string, std::move(*inside)});
    } else if (is_name_start(c)) {
      const std::size_t begin = at;
      while (at < text.size() && (is_name_start(text[at]) || is_digit(text[at]))) ++at;
      tokens.push_back({TokenKind::name, std::string(text.substr(begin, at - begin))});
    } else if (is_digit(c)) {
      const std::size_t begin = at;
      while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
      if (at < text.size() && is_name_start(text[at])) return std::nullopt;
      tokens.push_back({TokenKind::number, std::string(text.substr(begin, at - begin))});
    } else {
      if ((c & 0x80) != 0 || c == '$' || text.substr(at).starts_with("--") || text.substr(at).starts_with("/*")) return std::nullopt;
      // Runs of operator characters are one operator to SQL.
      static constexpr std::string_view operators = "<>=!+-*/%^|&~@#`?";
      const std::size_t begin = at++;
      if (operators.find(c) != operators.npos)
        while (at < text.size() && operators.find(text[at]) != operators.npos) ++at;
      tokens.push_back({TokenKind::symbol, std::string(text.substr(begin, at - begin))});
    }
  }
  return tokens;
}

/// Without parentheses around the whole.
std::span<const Token> unwrapped(std::span<const Token> tokens) {
  while (tokens.size() >= 2 && is_symbol(tokens.front(), "(") && is_symbol(tokens.back(), ")")) {
    int depth = 0;
    for (std::size_t index = 0; index + 1 < tokens.size(); ++index) {
      depth += is_symbol(tokens[index], "(") ? 1 : is_symbol(tokens[index], ")") ? -1 : 0;
      if (depth == 0) return tokens;
    }
    tokens = tokens.subspan(1, tokens.size() - 2);
  }
  return tokens;
}

/// The parts joined by AND at the top; the whole as one part where OR, BETWEEN or CASE makes that unclear.
void collect_parts(std::span<const Token> tokens, std::vector<std::span<const Token>>& parts) {
  tokens = unwrapped(tokens);
  int depth = 0;
  std::vector<std::size_t> ands;
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    depth += is_symbol(tokens[index], "(") ? 1 : is_symbol(tokens[index], ")") ? -1 : 0;
    if (depth != 0) continue;
    if (is_word(tokens[index], "OR") || is_word(tokens[index], "BETWEEN") || is_word(tokens[index], "CASE")) {
      parts.push_back(tokens);
      return;
    }
    if (is_word(tokens[index], "AND")) ands.push_back(index);
  }
  if (ands.empty()) {
    parts.push_back(tokens);
    return;
  }
  std::size_t begin = 0;
  ands.push_back(tokens.size());
  for (const std::size_t end : ands) {
    collect_parts(tokens.subspan(begin, end - begin), parts);
    begin = end + 1;
  }
}

/// What a part says about one column: equal to one of `values`, or NULL, or not NULL.
struct Claim {
  std::size_t column = 0;
  std::vector<std::string> values;  // with kind equal
  enum { equal, is_null, not_null } kind = equal;
};

std::optional<std::size_t> column_of(const Token& token, const row::Table& table) {
  if (token.kind != TokenKind::name && token.kind != TokenKind::quoted_name) return std::nullopt;
  return table.column(token.text);  // exactly: names that need another rule are left alone
}

/// A literal in a form where different texts are different values of the column; nullopt where that is not sure.
std::optional<std::string> comparable(const Token& token, const row::Type& type) {
  using row::TypeKind;
  const bool text = type.kind == TypeKind::text || type.kind == TypeKind::character || type.kind == TypeKind::enumeration;
  if (token.kind == TokenKind::string && text && upper(type.name) != "CITEXT") {
    std::string value = token.text;
    while (value.ends_with(' ')) value.pop_back();  // char(n) does not see them
    return value;
  }
  if (token.kind == TokenKind::number && type.kind == TypeKind::integer) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
    if (code == std::errc() && end == token.text.data() + token.text.size()) return std::to_string(value);
  }
  return std::nullopt;
}

std::optional<Claim> claim_of(std::span<const Token> part, const row::Table& table) {
  if (part.size() < 3) return std::nullopt;
  const auto column = column_of(part[0], table);
  if (!column) return std::nullopt;
  const row::Type& type = table.columns[*column].type;
  Claim claim;
  claim.column = *column;
  if (part.size() == 3 && is_symbol(part[1], "=")) {
    const auto value = comparable(part[2], type);
    if (!value) return std::nullopt;
    claim.values = {*value};
    return claim;
  }
  if (part.size() == 3 && is_word(part[1], "IS") && is_word(part[2], "NULL")) return claim.kind = Claim::is_null, claim;
  if (part.size() == 4 && is_word(part[1], "IS") && is_word(part[2], "NOT") && is_word(part[3], "NULL"))
    return claim.kind = Claim::not_null, claim;
  if (part.size() < 5 || !is_word(part[1], "IN") || !is_symbol(part[2], "(") || !is_symbol(part.back(), ")")) return std::nullopt;
  for (std::size_t index = 3; index + 1 < part.size(); index += 2) {
    const auto value = comparable(part[index], type);
    if (!value || (index + 2 < part.size() && !is_symbol(part[index + 1], ","))) return std::nullopt;
    claim.values.push_back(*value);
  }
  // `IN (a, b)`: values and commas alternate, so what stands between the parentheses is odd in number.
  return (part.size() - 4) % 2 == 1 ? std::optional(claim) : std::nullopt;
}

bool claims_exclude(const Claim& a, const Claim& b) {
  if (a.column != b.column) return false;
  if (a.kind == Claim::equal && b.kind == Claim::equal)
    return std::ranges::none_of(a.values, [&](const std::string& value) { return std::ranges::find(b.values, value) != b.values.end(); });
  return (a.kind == Claim::is_null) != (b.kind == Claim::is_null);
}

bool is_simple(std::span<const Token> tokens) {
  return std::ranges::none_of(tokens, [](const Token& token) {
    return is_word(token, "AND") || is_word(token, "OR") || is_word(token, "BETWEEN") || is_word(token, "CASE");
  });
}

/// `NOT x` or `NOT (x)` against `x`; `a <> b` against `a = b`. The same text is the same value, or the same NULL.
bool negates(std::span<const Token> a, std::span<const Token> b) {
  if (!a.empty() && is_word(a[0], "NOT")) {
    // NOT binds tighter than AND and OR: without parentheses it takes in the whole part only where it is a simple one.
    const auto rest = unwrapped(a.subspan(1));
    if ((rest.size() < a.size() - 1 || is_simple(rest)) && std::ranges::equal(rest, b)) return true;
  }
  if (a.size() != 3 || b.size() != 3 || a[0] != b[0] || a[2] != b[2] || a[2].kind == TokenKind::symbol) return false;
  const bool differ = is_symbol(a[1], "<>") || is_symbol(a[1], "!=");
  return differ && is_symbol(b[1], "=");
}

}  // namespace

bool exclude_each_other(std::string_view a, std::string_view b, const row::Table& table) {
  const auto left = tokenize(a);
  const auto right = tokenize(b);
  if (!left || !right) return false;
  std::vector<std::span<const Token>> left_parts, right_parts;
  collect_parts(*left, left_parts);
  collect_parts(*right, right_parts);
  for (const auto& x : left_parts)
    for (const auto& y : right_parts) {
      if (negates(x, y) || negates(y, x)) return true;
      const auto p = claim_of(x, table);
      const auto q = claim_of(y, table);
      if (p && q && claims_exclude(*p, *q)) return true;
    }
  return false;
}

}  // namespace itemize::model
