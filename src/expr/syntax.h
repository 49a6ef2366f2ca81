// Syntax: the text of one SQL scalar expression as PostgreSQL's own parse tree. Wraps libpg_query, whose header stays in syntax.cpp.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "expr/program.h"

namespace itemize::expr {

/// The tree in libpg_query's JSON form ({"A_Expr":{...}}); locations in it are offsets into `text` plus `location_shift`.
struct Syntax {
  json::Value tree;
  static constexpr std::size_t location_shift = 7;  ///< The expression is parsed as "SELECT " + text.
};
std::expected<Syntax, Diagnostic> parse_expression(std::string_view text);

/// `text` as PostgreSQL can read it where a lookup has a reserved word for its name (`order.status`): of each such word before a dot the
/// first letter is made '_', so that nothing moves. `places`: where they stand.
std::string with_readable_lookups(std::string_view text, const Scope& scope, std::vector<std::size_t>& places);

/// True where PostgreSQL reserves the word, so that it cannot name a column without quotes.
bool is_reserved(std::string_view word);

/// How to quote a column of the scope that stands in `text` and is a reserved word; empty where there is none.
std::string reserved_column_hint(std::string_view text, const Scope& scope);
/// "did you mean 'numeric'?", or empty.
std::string closest_type(std::string_view name);

}  // namespace itemize::expr
