// Decimal: exact decimal numbers of any length, as SQL's numeric and DynamoDB's N need them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"

namespace itemize {

/// A finite number: digits * 10^-scale, or one of the three that are none. A plain value.
struct Decimal {
  enum class Kind : std::uint8_t { finite, nan, infinity, minus_infinity };
  Kind kind = Kind::finite;
  bool negative = false;      ///< False for zero.
  std::string digits;         ///< Without leading zeros; empty is zero.
  int scale = 0;              ///< Digits after the point that are kept ("1.50" has 2); may be negative.

  bool is_zero() const { return kind == Kind::finite && digits.empty(); }
};

/// [+-]digits[.digits][e[+-]digits], or NaN, [+-]Infinity, in any case. None if it is something else, or longer than 200,000 digits.
std::optional<Decimal> parse_decimal(std::string_view text);
Decimal decimal_from(std::int64_t value);

/// What a base-10000 wire number or a text came to on its way into plain text.
enum class NumberForm : std::uint8_t { finite, nan, infinity, minus_infinity, malformed };

/// From big-endian base-10000 digits (int16 count, weight, sign, scale, digits: PostgreSQL's numeric_send).
std::optional<Decimal> decimal_from_wire(std::string_view wire);
/// Straight into plain text without trailing zeros after the point ("1.5", "-0.001", "0"). Nothing is appended unless finite.
NumberForm append_wire_number(std::string_view wire, Buffer& out);
/// The same with the number's own scale, as PostgreSQL prints it ("1.50").
NumberForm append_wire_text(std::string_view wire, Buffer& out);

/// Plain digits, no exponent, no trailing zeros after the point: "1.5", "-1200", "0".
std::string canonical_text(const Decimal& number);
/// Plain digits with exactly `scale` of them after the point, as PostgreSQL prints numeric; "NaN", "Infinity", "-Infinity".
std::string text_with_scale(const Decimal& number);

/// By value: negative, zero, positive. NaN is above all and equal to itself, as in PostgreSQL.
int compare(const Decimal& a, const Decimal& b);
Decimal negate(Decimal number);
/// Exact. The result's scale is PostgreSQL's: the larger of both (add, subtract), the sum (multiply).
Decimal add(const Decimal& a, const Decimal& b);
Decimal subtract(const Decimal& a, const Decimal& b);
Decimal multiply(const Decimal& a, const Decimal& b);
/// PostgreSQL's numeric division: at least 16 significant digits, at least either operand's scale, rounded half away from zero.
/// None for a zero divisor.
std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
/// The whole part of a/b (towards zero), and the remainder with the sign of a; none for a zero divisor.
std::optional<Decimal> divide_truncated(const Decimal& a, const Decimal& b);
std::optional<Decimal> remainder(const Decimal& a, const Decimal& b);
/// To `scale` digits after the point (negative: tens, hundreds...), half away from zero.
Decimal round_to(const Decimal& number, int scale);
/// As round_to, towards zero.
Decimal truncate_to(const Decimal& number, int scale);
/// None where it does not fit or is not finite; a fraction is rounded half away from zero.
std::optional<std::int64_t> to_int64(const Decimal& number);
double to_double(const Decimal& number);

}  // namespace itemize
