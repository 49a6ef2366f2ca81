// The binder: a parse tree joined to a scope; every name resolved, every type checked, before a row is read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expr/program.h"
#include "expr/sql_type.h"
#include "expr/value.h"

namespace itemize::expr {

/// A bound expression, and what the proof of a key's uniqueness wants to know of it.
struct Bound {
  NodePointer node;
  row::Type type;
  bool unknown = false;  ///< A literal or NULL whose type the context decides.
  std::string literal;   ///< Its text; also that of a number.
  bool is_null = false;
  std::size_t offset = 0;
  int widest = -1;  ///< Characters of its text at most; -1 where unbounded.
  Piece facts;      ///< slot, injective_slot, fixed_width, may_cut, cannot_contain

  Sql sql() const { return unknown ? Sql::unknown : sql_of(type); }
};

struct BindContext {
  const Scope& scope;
  std::vector<std::size_t>& slots;  ///< Slots read, in any order.
  std::vector<Diagnostic>& diagnostics;
};

/// Binds the text of an expression; none where there is a mistake (then in the diagnostics, offsets relative to `text`).
std::optional<Bound> bind_expression(std::string_view text, const BindContext& context);
/// A reference to exactly one name of the scope, spaces and all; none where the scope has no such name.
std::optional<Bound> bind_name(std::string_view text, const BindContext& context);

}  // namespace itemize::expr
