// Arithmetic: integers with PostgreSQL's overflow errors, exact decimals, floats.
#include <algorithm>
#include <cmath>

#include "expr/functions.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;
using Arguments = std::span<const Cell>;
using Types = std::span<const Type>;

/// The width that PostgreSQL would calculate in: the wider operand's.
int integer_width(Types types) {
  int width = 2;
  for (const Type& type : types) width = std::max(width, type.kind == TypeKind::integer && type.length > 0 ? type.length : 8);
  return width;
}

Cell checked(Frame& frame, std::int64_t value, Types types) {
  const int width = integer_width(types);
  const std::int64_t limit = width == 2 ? 32'768 : width == 4 ? 2'147'483'648LL : 0;
  if (limit != 0 && (value < -limit || value >= limit)) return frame.fail(width == 2 ? "smallint out of range" : "integer out of range");
  return Cell::integer(value);
}

Cell real(Frame& frame, double value, bool operands_finite) {
  if (std::isinf(value) && operands_finite) return frame.fail("value out of range: overflow");
  return Cell::real(CellKind::float64, value);
}

using IntegerOperation = bool (*)(std::int64_t, std::int64_t, std::int64_t*);

template <IntegerOperation Operation>
Cell integers(Frame& frame, Arguments arguments, Types types) {
  std::int64_t result = 0;
  if (Operation(arguments[0].i, arguments[1].i, &result)) return frame.fail("bigint out of range");
  return checked(frame, result, types);
}
bool add_integers(std::int64_t a, std::int64_t b, std::int64_t* result) { return __builtin_add_overflow(a, b, result); }
bool subtract_integers(std::int64_t a, std::int64_t b, std::int64_t* result) { return __builtin_sub_overflow(a, b, result); }
bool multiply_integers(std::int64_t a, std::int64_t b, std::int64_t* result) { return __builtin_mul_overflow(a, b, result); }

Cell divide_integers(Frame& frame, Arguments arguments, Types types) {
  if (arguments[1].i == 0) return frame.fail("division by zero");
  if (arguments[1].i == -1) {
    std::int64_t result = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, arguments[0].i, &result)) return frame.fail("bigint out of range");
    return checked(frame, result, types);
  }
  return Cell::integer(arguments[0].i / arguments[1].i);
}

Cell modulo_integers(Frame& frame, Arguments arguments, Types) {
  if (arguments[1].i == 0) return frame.fail("division by zero");
  return Cell::integer(arguments[1].i == -1 ? 0 : arguments[0].i % arguments[1].i);
}

template <Decimal (*Operation)(const Decimal&, const Decimal&)>
Cell decimals(Frame& frame, Arguments arguments, Types) {
  return frame.decimal(Operation(*to_decimal(arguments[0]), *to_decimal(arguments[1])));
}
template <std::optional<Decimal> (*Operation)(const Decimal&, const Decimal&)>
Cell dividing_decimals(Frame& frame, Arguments arguments, Types) {
  const std::optional<Decimal> result = Operation(*to_decimal(arguments[0]), *to_decimal(arguments[1]));
  return result ? frame.decimal(*result) : frame.fail("division by zero");
}

template <char Sign>
Cell reals(Frame& frame, Arguments arguments, Types) {
  const double a = to_real(arguments[0]);
  const double b = to_real(arguments[1]);
  const bool finite = std::isfinite(a) && std::isfinite(b);
  if (Sign == '/' && b == 0 && !std::isnan(a)) return frame.fail("division by zero");
  return real(frame, Sign == '+' ? a + b : Sign == '-' ? a - b : Sign == '*' ? a * b : a / b, finite);
}

Cell negate_integer(Frame& frame, Arguments arguments, Types types) {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(std::int64_t{0}, arguments[0].i, &result)) return frame.fail("bigint out of range");
  return checked(frame, result, types);
}
Cell negate_decimal(Frame& frame, Arguments arguments, Types) { return frame.decimal(negate(*to_decimal(arguments[0]))); }
Cell negate_real(Frame&, Arguments arguments, Types) { return Cell::real(CellKind::float64, -to_real(arguments[0])); }

Cell abs_integer(Frame& frame, Arguments arguments, Types types) { return arguments[0].i < 0 ? negate_integer(frame, arguments, types) : arguments[0]; }
Cell abs_decimal(Frame& frame, Arguments arguments, Types) {
  Decimal number = *to_decimal(arguments[0]);
  return frame.decimal(number.negative || number.kind == Decimal::Kind::minus_infinity ? negate(number) : number);
}
Cell abs_real(Frame&, Arguments arguments, Types) { return Cell::real(CellKind::float64, std::fabs(to_real(arguments[0]))); }

int scale_argument(Arguments arguments) { return arguments.size() > 1 ? static_cast<int>(std::clamp<std::int64_t>(arguments[1].i, -2000, 2000)) : 0; }
/// A negative scale rounds to tens; the result then has scale 0.
Decimal with_scale_of_at_least_zero(const Decimal& number) { return number.kind == Decimal::Kind::finite && number.scale < 0 ? round_to(number, 0) : number; }
Cell round_decimal(Frame& frame, Arguments arguments, Types) { return frame.decimal(with_scale_of_at_least_zero(round_to(*to_decimal(arguments[0]), scale_argument(arguments)))); }
Cell trunc_decimal(Frame& frame, Arguments arguments, Types) { return frame.decimal(with_scale_of_at_least_zero(truncate_to(*to_decimal(arguments[0]), scale_argument(arguments)))); }
Cell round_real(Frame&, Arguments arguments, Types) { return Cell::real(CellKind::float64, std::nearbyint(to_real(arguments[0]))); }
Cell trunc_real(Frame&, Arguments arguments, Types) { return Cell::real(CellKind::float64, std::trunc(to_real(arguments[0]))); }

Cell floor_decimal(Frame& frame, Arguments arguments, Types) {
  const Decimal number = *to_decimal(arguments[0]);
  const Decimal whole = truncate_to(number, 0);
  return frame.decimal(number.negative && compare(whole, number) != 0 ? subtract(whole, decimal_from(1)) : whole);
}
Cell ceil_decimal(Frame& frame, Arguments arguments, Types) {
  const Decimal number = *to_decimal(arguments[0]);
  const Decimal whole = truncate_to(number, 0);
  return frame.decimal(!number.negative && compare(whole, number) != 0 ? add(whole, decimal_from(1)) : whole);
}
Cell floor_real(Frame&, Arguments arguments, Types) { return Cell::real(CellKind::float64, std::floor(to_real(arguments[0]))); }
Cell ceil_real(Frame&, Arguments arguments, Types) { return Cell::real(CellKind::float64, std::ceil(to_real(arguments[0]))); }

}  // namespace

void add_number_functions(std::vector<Function>& table) {
  using enum Parameter;
  constexpr TypeKind whole = TypeKind::integer;
  constexpr TypeKind exact = TypeKind::decimal;
  constexpr TypeKind floating = TypeKind::float64;
  const std::vector<Function> own = {
      {"+", {integer, integer}, whole, integers<add_integers>, "a + b", false, true},
      {"+", {decimal, decimal}, exact, decimals<add>, ""},
      {"+", {Parameter::real, Parameter::real}, floating, reals<'+'>, ""},
      {"-", {integer, integer}, whole, integers<subtract_integers>, "a - b", false, true},
      {"-", {decimal, decimal}, exact, decimals<subtract>, ""},
      {"-", {Parameter::real, Parameter::real}, floating, reals<'-'>, ""},
      {"*", {integer, integer}, whole, integers<multiply_integers>, "a * b", false, true},
      {"*", {decimal, decimal}, exact, decimals<multiply>, ""},
      {"*", {Parameter::real, Parameter::real}, floating, reals<'*'>, ""},
      {"/", {integer, integer}, whole, divide_integers, "a / b: whole for integers", false, true},
      {"/", {decimal, decimal}, exact, dividing_decimals<divide>, ""},
      {"/", {Parameter::real, Parameter::real}, floating, reals<'/'>, ""},
      {"%", {integer, integer}, whole, modulo_integers, "a % b, mod(a, b)", false, true},
      {"%", {decimal, decimal}, exact, dividing_decimals<remainder>, ""},
      {"mod", {integer, integer}, whole, modulo_integers, "", false, true},
      {"mod", {decimal, decimal}, exact, dividing_decimals<remainder>, ""},
      {"-", {integer}, whole, negate_integer, "-a", false, true},
      {"-", {decimal}, exact, negate_decimal, ""},
      {"-", {Parameter::real}, floating, negate_real, ""},
      {"abs", {integer}, whole, abs_integer, "abs(a)", false, true},
      {"abs", {decimal}, exact, abs_decimal, ""},
      {"abs", {Parameter::real}, floating, abs_real, ""},
      {"round", {decimal}, exact, round_decimal, "round(a), round(a, digits): half away from zero"},
      {"round", {Parameter::real}, floating, round_real, ""},
      {"round", {decimal, integer}, exact, round_decimal, ""},
      {"trunc", {decimal}, exact, trunc_decimal, "trunc(a), trunc(a, digits): towards zero"},
      {"trunc", {Parameter::real}, floating, trunc_real, ""},
      {"trunc", {decimal, integer}, exact, trunc_decimal, ""},
      {"floor", {decimal}, exact, floor_decimal, "floor(a)"},
      {"floor", {Parameter::real}, floating, floor_real, ""},
      {"ceil", {decimal}, exact, ceil_decimal, "ceil(a), ceiling(a)"},
      {"ceil", {Parameter::real}, floating, ceil_real, ""},
      {"ceiling", {decimal}, exact, ceil_decimal, ""},
      {"ceiling", {Parameter::real}, floating, ceil_real, ""},
  };
  table.insert(table.end(), own.begin(), own.end());
}

}  // namespace itemize::expr
