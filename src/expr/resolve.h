// Which function a call means, and which type several operands have in common: PostgreSQL's rules (manual, chapter 10).
#pragma once

#include <span>

#include "expr/functions.h"

namespace itemize::expr {

enum class Choice : std::uint8_t { found, none, ambiguous };
struct Resolution {
  Choice choice = Choice::none;
  const Function* function = nullptr;
};

/// Among functions of one name; `is_operator` adds the operators' rule that a literal first takes its neighbour's type.
Resolution resolve(std::span<const Function* const> candidates, std::span<const Sql> arguments, bool is_operator);

/// The parameter that argument `index` goes to (the last one repeats where the function is variadic).
Sql parameter_of(const Function& function, std::size_t index);

/// The common type of CASE, COALESCE, GREATEST, ARRAY[...]: text where all are literals; none where there is none.
std::optional<Sql> common_type(std::span<const Sql> types);

}  // namespace itemize::expr
