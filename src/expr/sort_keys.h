// DynamoDB's own needs: strings that sort as numbers and times do, and shards. docs/expressions.md publishes the algorithms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace itemize::expr {

/// An integer of `bytes` (2, 4 or 8) as text of one width that sorts as the number: 'n' or 'p' for negative and other numbers,
/// then the digits, zero-padded to the type's widest; a negative number's digits are those of value + 10^width.
std::string sortable_integer(std::int64_t value, int bytes);
int sortable_integer_width(int bytes);

/// Any finite decimal, as text of varying width that sorts as the number: "p" + exponent + digits, "n" with all complemented, "o"
/// for zero. Equal values give equal texts, whatever their scale.
std::string sortable_decimal(const Decimal& number);

/// A double by its bits: 16 hexadecimal digits that sort as the number. NaN sorts above all, -0 as 0.
std::string sortable_real(double value);

/// The same length, the opposite order: every digit and letter of a sortable text complemented.
std::string reversed_order(std::string_view sortable);

/// CRC-32 (IEEE 802.3, as in zlib) of the UTF-8 text, modulo n, zero-padded to the width of n - 1.
std::string shard_of(std::string_view text, std::int64_t n);

}  // namespace itemize::expr
