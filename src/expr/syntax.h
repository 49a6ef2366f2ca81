// Syntax: the text of one SQL scalar expression as PostgreSQL's own parse tree. Wraps libpg_query, whose header stays in syntax.cpp.
#pragma once

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

/// True where PostgreSQL reserves the word, so that it cannot name a column without quotes.
bool is_reserved(std::string_view word);

}  // namespace itemize::expr
