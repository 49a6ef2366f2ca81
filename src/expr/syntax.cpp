#include "expr/syntax.h"

#include <pg_query.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/closest.h"

namespace itemize::expr {
namespace {

/// Far above what people write, far below what would exhaust the parser's stack.
constexpr std::size_t longest_expression = 16 * 1024;
constexpr int deepest_nesting = 100;

std::unexpected<Diagnostic> wrong(std::size_t offset, std::string message, std::string hint = {}) {
  return std::unexpected(Diagnostic{offset, std::move(message), std::move(hint)});
}

bool nested_too_deep(std::string_view text) {
  int depth = 0;
  int operators = 0;
  for (const char byte : text) {
    if (byte == '(' || byte == '[') ++depth;
    if (byte == ')' || byte == ']') --depth;
    if (depth > deepest_nesting) return true;
    if (byte == '-' || byte == '+' || byte == '~' || byte == '@' || byte == '!' || byte == ':') ++operators;
  }
  return operators > 400;
}

/// The single value of the single SELECT, if nothing else is there.
std::expected<json::Value, Diagnostic> only_value(const json::Value& tree, std::string_view text) {
  const json::Value* statements = tree.find("stmts");
  if (statements == nullptr || statements->array() == nullptr || statements->array()->size() != 1)
    return wrong(text.size(), "one expression is wanted here");
  const json::Value* statement = statements->array()->front().find("stmt");
  const json::Value* select = statement == nullptr ? nullptr : statement->find("SelectStmt");
  if (select == nullptr || select->object() == nullptr) return wrong(0, "an expression is wanted here, not a statement");
  for (const auto& [name, value] : *select->object())
    if (name != "targetList" && name != "limitOption" && name != "op")
      return wrong(0, "only an expression is wanted here: FROM, WHERE and the like have no place in it");
  const json::Value* operation = select->find("op");
  if (operation == nullptr || operation->string() == nullptr || *operation->string() != "SETOP_NONE")
    return wrong(0, "one expression is wanted here");
  const json::Value* targets = select->find("targetList");
  if (targets == nullptr || targets->array() == nullptr || targets->array()->empty()) return wrong(0, "an expression is wanted here");
  if (targets->array()->size() != 1) return wrong(0, "one expression is wanted here, not a list");
  const json::Value* target = targets->array()->front().find("ResTarget");
  const json::Value* value = target == nullptr ? nullptr : target->find("val");
  if (value == nullptr) return wrong(0, "an expression is wanted here");
  if (target->find("name") != nullptr)
    return wrong(0, "an expression has no name: something is missing between two parts", "write || to join texts");
  return *value;
}

}  // namespace

std::expected<Syntax, Diagnostic> parse_expression(std::string_view text) {
  if (text.size() > longest_expression) return wrong(0, "the expression is longer than 16 KB");
  if (text.find('\0') != std::string_view::npos) return wrong(text.find('\0'), "the expression holds a zero byte");
  if (nested_too_deep(text)) return wrong(0, "the expression is nested too deep");
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return wrong(0, "an expression is missing here");
  const std::string sql = "SELECT " + std::string(text);
  const auto release = [](PgQueryParseResult* result) { pg_query_free_parse_result(*result); };
  PgQueryParseResult result = pg_query_parse(sql.c_str());
  const std::unique_ptr<PgQueryParseResult, decltype(release)> guard(&result, release);
  if (result.error != nullptr) {
    const int cursor = result.error->cursorpos - 1 - static_cast<int>(Syntax::location_shift);
    const auto offset = static_cast<std::size_t>(std::clamp<int>(cursor, 0, static_cast<int>(text.size())));
    return wrong(offset, std::string("SQL: ") + result.error->message);
  }
  const Result<json::Value> tree = json::parse(result.parse_tree);
  if (!tree) return wrong(0, "the expression is nested too deep");
  std::expected<json::Value, Diagnostic> value = only_value(*tree, text);
  if (!value) return std::unexpected(std::move(value).error());
  return Syntax{*std::move(value)};
}

bool is_reserved(std::string_view word) {
  const std::string sql = "SELECT " + std::string(word);
  const PgQueryScanResult scanned = pg_query_scan(sql.c_str());
  const bool failed = scanned.error != nullptr;
  pg_query_free_scan_result(scanned);
  if (failed) return false;
  PgQueryParseResult parsed = pg_query_parse(sql.c_str());
  const bool column = parsed.error == nullptr && std::string_view(parsed.parse_tree).find("\"ColumnRef\"") != std::string_view::npos;
  pg_query_free_parse_result(parsed);
  return !column;
}

namespace {

bool is_word_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || byte == '$' || (byte & 0x80) != 0;
}

/// Behind the string, quoted name, dollar quote or comment that begins at `at`; `at` itself where none does.
std::size_t skip_opaque(std::string_view text, std::size_t at) {
  const auto behind = [&](std::string_view end, std::size_t from) {
    const std::size_t found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("--")) return behind("\n", at);
  if (rest.starts_with("/*")) return behind("*/", at + 2);
  if (rest.starts_with("$")) {
    std::size_t tag = at + 1;
    while (tag < text.size() && is_word_byte(text[tag]) && text[tag] != '$') ++tag;
    if (tag < text.size() && text[tag] == '$') return behind(text.substr(at, tag + 1 - at), tag + 1);
    return at;
  }
  if (text[at] == '"') return behind("\"", at + 1);
  if (text[at] != '\'') return at;
  const bool escapes = at > 0 && (text[at - 1] == 'E' || text[at - 1] == 'e') && (at == 1 || !is_word_byte(text[at - 2]));
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != '\'') end += escapes && text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

}  // namespace

std::string with_readable_lookups(std::string_view text, const Scope& scope, std::vector<std::size_t>& places) {
  std::string readable(text);
  std::set<std::string_view> reserved;
  std::string_view before;
  for (const Name& name : scope.names) {
    const std::string_view first = std::string_view(name.text).substr(0, name.text.find('.'));
    if (!name.is_lookup || first == before) continue;
    before = first;
    if (std::ranges::all_of(first, is_word_byte) && is_reserved(first)) reserved.insert(first);
  }
  if (reserved.empty()) return readable;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t behind = skip_opaque(text, at); behind > at) {
      at = behind;
      continue;
    }
    if (!is_word_byte(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_word_byte(text[at])) ++at;
    const bool first = begin == 0 || text[begin - 1] != '.';
    if (!first || at >= text.size() || text[at] != '.' || !reserved.contains(text.substr(begin, at - begin))) continue;
    readable[begin] = '_';
    places.push_back(begin);
  }
  return readable;
}

std::string reserved_column_hint(std::string_view text, const Scope& scope) {
  const auto is_letter = [](char byte) { return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || (byte & 0x80) != 0; };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"' || text[at] == '\'') {
      const std::size_t end = text.find(text[at], at + 1);
      at = end == std::string_view::npos ? text.size() : end + 1;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    at = std::max(end, at + 1);
    if (word.empty()) continue;
    for (const Name& name : scope.names)
      if (edit_distance(name.text, word) == 0 && is_reserved(word))
        return "'" + std::string(word) + "' is a reserved word of SQL: quote the column as \"" + name.text + "\"";
  }
  return {};
}

std::string closest_type(std::string_view name) {
  const std::vector<std::string> names = {"boolean",   "smallint",    "integer",  "bigint", "numeric", "decimal", "real", "float8",
                                          "text",      "varchar",     "char",     "bytea",  "uuid",    "date",    "time", "timetz",
                                          "timestamp", "timestamptz", "interval", "json",   "jsonb",   "varbit"};
  const std::string near = closest(name, names);
  return near.empty() || near == name ? "" : "did you mean " + near + "?";
}

}  // namespace itemize::expr
