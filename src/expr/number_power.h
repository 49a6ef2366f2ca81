// Powers and roots of exact decimals.
#pragma once

#include <expected>
#include <string>

#include "base/decimal.h"

namespace itemize::expr {

/// At least 16 significant digits, at least the operand's scale, as PostgreSQL. A sentence for negative numbers.
std::expected<Decimal, std::string> square_root(const Decimal& number);
/// Exact, rounded to 16 digits after the point (or the base's scale). Whole exponents only; the others, and results beyond 20,000 digits,
/// are a sentence.
std::expected<Decimal, std::string> power(const Decimal& base, const Decimal& exponent);

}  // namespace itemize::expr
