// DynamoDB's own needs: strings that sort as numbers and times do, and shards. docs/expressions.md publishes the algorithms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/decimal.h"
#include "row/type.h"

namespace itemize::expr {

/// Digits of the widest value of an integer of that many bytes.
int sortable_integer_width(int bytes);
/// The same for a column's type: 20 for an unsigned one of 8 bytes.
int sortable_integer_width(const row::Type& type);

/// An integer as text of one width that sorts as the number: 'n' or 'p' for negative and other numbers, then the digits, zero-padded
/// to `width`; a negative number's digits are those of value + 10^width.
void append_sortable_integer(Buffer& out, std::int64_t value, int width);
void append_sortable_unsigned(Buffer& out, std::uint64_t value, int width);

/// Any finite decimal, as text of varying width that sorts as the number: "p" + exponent + digits, "n" with all complemented, "o"
/// for zero. Equal values give equal texts, whatever their scale.
std::string sortable_decimal(const Decimal& number);

/// A double by its bits: 16 hexadecimal digits that sort as the number. NaN sorts above all, -0 as 0.
std::string sortable_real(double value);

/// The opposite order of a sortable integer or decimal: every digit and letter complemented, '~' behind.
std::string reversed_order(std::string_view sortable);
/// The opposite order of sortable_real's digits.
std::string reversed_real(std::string_view digits);

/// CRC-32 (IEEE 802.3, as in zlib) of the UTF-8 text, modulo n, zero-padded to the width of n - 1. n >= 1.
void append_shard(Buffer& out, std::string_view text, std::int64_t n);

}  // namespace itemize::expr
