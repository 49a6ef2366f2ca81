#include "expr/number_power.h"

#include <algorithm>
#include <cstdlib>

namespace itemize::expr {
namespace {

constexpr int significant = 16;     // PostgreSQL's NUMERIC_MIN_SIG_DIGITS
constexpr int widest_scale = 1000;  // and NUMERIC_MAX_DISPLAY_SCALE
constexpr std::int64_t most_digits = 20'000;

Decimal shifted(Decimal number, int digits) {
  if (digits > 0 && !number.digits.empty()) number.digits.append(static_cast<std::size_t>(digits), '0');
  return number;
}

/// The whole root of a whole number, digit by digit as by hand: at each step the largest d with (20 root + d) d within the rest.
Decimal whole_root(std::string digits) {
  if (digits.size() % 2 != 0) digits.insert(digits.begin(), '0');
  Decimal root;
  Decimal rest;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    rest = add(shifted(rest, 2), decimal_from(std::atoi(digits.substr(at, 2).c_str())));
    const Decimal doubled = shifted(add(root, root), 1);
    int digit = 9;
    Decimal taken;
    for (; digit > 0; --digit) {
      taken = multiply(add(doubled, decimal_from(digit)), decimal_from(digit));
      if (compare(taken, rest) <= 0) break;
    }
    if (digit > 0) rest = subtract(rest, taken);
    root = add(shifted(root, 1), decimal_from(digit));
  }
  return root;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

std::expected<Decimal, std::string> square_root(const Decimal& number) {
  if (number.kind == Decimal::Kind::nan || number.kind == Decimal::Kind::infinity) return number;
  if (number.negative || number.kind == Decimal::Kind::minus_infinity)
    return std::unexpected("cannot take square root of a negative number");
  // PostgreSQL counts in groups of four digits.
  const std::int64_t top = number.digits.empty() ? 0 : static_cast<std::int64_t>(number.digits.size()) - number.scale - 1;
  const std::int64_t weight = floor_div(top, 4);
  const auto root_weight = static_cast<int>((weight + 1) * 4 / 2 - 1);
  const int scale = std::clamp(std::max(significant - root_weight, number.scale), 0, widest_scale);
  // One digit more, and whether anything is left behind it, decide the rounding: half never happens exactly but by the digits taken.
  const int wanted = scale + 1;
  std::string digits = number.digits;
  const int shift = 2 * wanted - number.scale;
  if (shift >= 0)
    digits.append(static_cast<std::size_t>(digits.empty() ? 0 : shift), '0');
  else
    digits.resize(digits.size() > static_cast<std::size_t>(-shift) ? digits.size() - static_cast<std::size_t>(-shift) : 0);
  Decimal root = whole_root(std::move(digits));
  root.scale = wanted;
  return round_to(root, scale);
}

std::expected<Decimal, std::string> power(const Decimal& base, const Decimal& exponent) {
  using Kind = Decimal::Kind;
  const bool whole = exponent.kind == Kind::finite && compare(exponent, truncate_to(exponent, 0)) == 0;
  if (base.kind == Kind::finite && exponent.kind == Kind::finite) {
    if (base.is_zero() && exponent.negative) return std::unexpected("zero raised to a negative power is undefined");
    if (base.negative && !whole) return std::unexpected("a negative number raised to a non-integer power yields a complex result");
  }
  if (base.kind != Kind::finite || !whole)
    return std::unexpected("power() of numeric takes a finite base and a whole exponent here: cast to double precision for others");
  const std::optional<std::int64_t> times = to_int64(exponent);
  const int scale = std::clamp(std::max(significant, base.scale), 0, widest_scale);
  const auto length = static_cast<std::int64_t>(std::max<std::size_t>(base.digits.size(), 1)) + std::abs(base.scale);
  if (!times || *times > most_digits || *times < -most_digits || std::abs(*times) * length > most_digits)
    return std::unexpected("the power is too large");
  Decimal result = decimal_from(1);
  Decimal square = base;
  for (std::int64_t left = std::abs(*times); left > 0; left /= 2) {
    if (left % 2 != 0) result = multiply(result, square);
    if (left > 1) square = multiply(square, square);
  }
  if (*times >= 0) return round_to(result, scale);
  // 1 / result to one digit more than wanted.
  const std::optional<Decimal> quotient = divide_truncated(shifted(decimal_from(1), scale + 1), result);
  if (!quotient) return std::unexpected("division by zero");
  Decimal reciprocal = *quotient;
  reciprocal.scale = scale + 1;
  return round_to(reciprocal, scale);
}

}  // namespace itemize::expr
