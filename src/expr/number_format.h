// to_char for numbers: PostgreSQL's template patterns (manual, table 9.29), in the C locale.
#pragma once

#include <string>
#include <string_view>

#include "expr/functions.h"

namespace itemize::expr {

/// Compiles a pattern; a sentence for one that PostgreSQL refuses.
Prepared prepare_number_format(std::span<const std::string_view> literals);

/// to_char of an argument of type `From` (int4, int8, numeric, float4, float8): they differ in how digits are counted.
template <Sql From>
void write_number(Frame& frame, const Call& call, Buffer& out);

}  // namespace itemize::expr
