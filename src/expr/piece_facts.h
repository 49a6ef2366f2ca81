// What is known of an expression's text without a row: the ground of the proof that keys are unique.
#pragma once

#include <vector>

#include "expr/binder.h"
#include "expr/functions.h"

namespace itemize::expr {

Piece facts_of_column(std::size_t slot, const row::Type& type);
/// Any value of the type.
Piece facts_of_result(const row::Type& type);
Piece facts_of_cast(const Piece& argument, const row::Type& from, const row::Type& to);
Piece facts_of_call(const Function& function, const std::vector<Bound>& arguments);

/// Characters of the text of any value of the type; -1 where there is no bound.
int widest_text(const row::Type& type);
int widest_after_cast(int before, const row::Type& from, const row::Type& to);
int widest_of_call(const Function& function, const std::vector<Bound>& arguments);

}  // namespace itemize::expr
