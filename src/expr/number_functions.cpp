// Arithmetic: integers with PostgreSQL's overflow errors, exact decimals, floats.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "expr/functions.h"
#include "expr/number_format.h"
#include "expr/number_power.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;

// --- integers: calculated in 64 bits, then held against the result's width ------------------------------------------------------

Cell checked(Frame& frame, std::int64_t value, const row::Type& type) {
  const std::int64_t limit = type.length == 2 ? 32'768 : type.length == 4 ? 2'147'483'648LL : 0;
  if (limit != 0 && (value < -limit || value >= limit)) return frame.fail(std::string(type.name) + " out of range");
  return Cell::integer(value);
}

template <char Sign>
Cell integers(Frame& frame, const Call& call) {
  std::int64_t result = 0;
  const std::int64_t a = call.integer(0);
  const std::int64_t b = call.integer(1);
  const bool overflow = Sign == '+'   ? __builtin_add_overflow(a, b, &result)
                        : Sign == '-' ? __builtin_sub_overflow(a, b, &result)
                                      : __builtin_mul_overflow(a, b, &result);
  return overflow ? frame.fail("bigint out of range") : checked(frame, result, call.result);
}
Cell divide_integers(Frame& frame, const Call& call) {
  if (call.integer(1) == 0) return frame.fail("division by zero");
  if (call.integer(1) == -1 && call.integer(0) == std::numeric_limits<std::int64_t>::min()) return frame.fail("bigint out of range");
  return checked(frame, call.integer(0) / call.integer(1), call.result);
}
Cell modulo_integers(Frame& frame, const Call& call) {
  if (call.integer(1) == 0) return frame.fail("division by zero");
  return Cell::integer(call.integer(1) == -1 ? 0 : call.integer(0) % call.integer(1));
}
Cell negate_integer(Frame& frame, const Call& call) {
  if (call.integer(0) == std::numeric_limits<std::int64_t>::min()) return frame.fail("bigint out of range");
  return checked(frame, -call.integer(0), call.result);
}
Cell abs_integer(Frame& frame, const Call& call) { return call.integer(0) < 0 ? negate_integer(frame, call) : call.arguments[0]; }
Cell same(Frame&, const Call& call) { return call.arguments[0]; }

Cell bit_and(Frame&, const Call& call) { return Cell::integer(call.integer(0) & call.integer(1)); }
Cell bit_or(Frame&, const Call& call) { return Cell::integer(call.integer(0) | call.integer(1)); }
Cell bit_xor(Frame&, const Call& call) { return Cell::integer(call.integer(0) ^ call.integer(1)); }
Cell bit_not(Frame&, const Call& call) { return Cell::integer(~call.integer(0)); }
/// Shifts within the type's width, by the count modulo its bits (PostgreSQL leaves that to the processor, which does so).
template <bool Left>
Cell shift(Frame&, const Call& call) {
  const unsigned bits = call.result.length == 8 ? 63 : 31;
  const auto count = static_cast<unsigned>(call.integer(1)) & bits;
  if (!Left) return Cell::integer(call.integer(0) >> count);
  const std::uint64_t shifted = static_cast<std::uint64_t>(call.integer(0)) << count;
  if (call.result.length == 2) return Cell::integer(static_cast<std::int16_t>(shifted));
  return Cell::integer(call.result.length == 4 ? static_cast<std::int32_t>(shifted) : static_cast<std::int64_t>(shifted));
}

// --- exact decimals ------------------------------------------------------------------------------------------------------------

Decimal number(const Call& call, std::size_t index) { return to_decimal(call.arguments[index]).value_or(Decimal{}); }

template <Decimal (*Operation)(const Decimal&, const Decimal&)>
Cell decimals(Frame& frame, const Call& call) {
  return frame.decimal(Operation(number(call, 0), number(call, 1)));
}
template <std::optional<Decimal> (*Operation)(const Decimal&, const Decimal&)>
Cell dividing_decimals(Frame& frame, const Call& call) {
  const std::optional<Decimal> result = Operation(number(call, 0), number(call, 1));
  return result ? frame.decimal(*result) : frame.fail("division by zero");
}
std::optional<Decimal> whole_quotient(const Decimal& a, const Decimal& b) {
  if (a.kind == Decimal::Kind::finite && b.kind == Decimal::Kind::finite) return divide_truncated(a, b);
  return divide(a, b);  // NaN and infinities
}

Cell negate_decimal(Frame& frame, const Call& call) { return frame.decimal(negate(number(call, 0))); }
Cell abs_decimal(Frame& frame, const Call& call) {
  const Decimal value = number(call, 0);
  return frame.decimal(value.negative || value.kind == Decimal::Kind::minus_infinity ? negate(value) : value);
}
Cell sign_decimal(Frame& frame, const Call& call) {
  const Decimal value = number(call, 0);
  if (value.kind == Decimal::Kind::nan) return frame.decimal(value);
  return frame.decimal(decimal_from(value.negative || value.kind == Decimal::Kind::minus_infinity ? -1 : value.is_zero() ? 0 : 1));
}

template <Decimal (*Cut)(const Decimal&, int)>
Cell cut_decimal(Frame& frame, const Call& call) {
  const int scale = call.size() > 1 ? static_cast<int>(std::clamp<std::int64_t>(call.integer(1), -2000, 2000)) : 0;
  Decimal result = Cut(number(call, 0), scale);
  // A negative scale cuts tens and hundreds; the result then has none after the point.
  if (result.kind == Decimal::Kind::finite && result.scale < 0) result = round_to(result, 0);
  return frame.decimal(result);
}
template <bool Up>
Cell whole_decimal(Frame& frame, const Call& call) {
  const Decimal value = number(call, 0);
  if (value.kind != Decimal::Kind::finite) return frame.decimal(value);
  const Decimal whole = truncate_to(value, 0);
  if (compare(whole, value) == 0 || value.negative == Up) return frame.decimal(whole);
  return frame.decimal(Up ? add(whole, decimal_from(1)) : subtract(whole, decimal_from(1)));
}

Cell trim_scale(Frame& frame, const Call& call) {
  const std::optional<Decimal> value = parse_decimal(canonical_text(number(call, 0)));
  return frame.decimal(number(call, 0).kind == Decimal::Kind::finite && value ? *value : number(call, 0));
}
Cell scale(Frame&, const Call& call) {
  const Decimal value = number(call, 0);
  return value.kind == Decimal::Kind::finite ? Cell::integer(value.scale) : Cell{};
}

Cell sqrt_decimal(Frame& frame, const Call& call) {
  const auto root = square_root(number(call, 0));
  return root ? frame.decimal(*root) : frame.fail(root.error());
}
Cell power_decimal(Frame& frame, const Call& call) {
  const auto result = power(number(call, 0), number(call, 1));
  return result ? frame.decimal(*result) : frame.fail(result.error());
}

// --- floats: in their own width ------------------------------------------------------------------------------------------------

template <class Real>
Cell real(double value) {
  return Cell::real(std::is_same_v<Real, float> ? CellKind::float32 : CellKind::float64, value);
}

template <class Real, char Sign>
Cell reals(Frame& frame, const Call& call) {
  const auto a = static_cast<Real>(to_real(call.arguments[0]));
  const auto b = static_cast<Real>(to_real(call.arguments[1]));
  if (Sign == '/' && b == 0 && !std::isnan(a)) return frame.fail("division by zero");
  const Real result = Sign == '+' ? a + b : Sign == '-' ? a - b : Sign == '*' ? a * b : a / b;
  if (std::isinf(result) && !std::isinf(a) && !std::isinf(b)) return frame.fail("value out of range: overflow");
  const bool vanished = result == 0 && a != 0 && (Sign == '*' ? b != 0 : Sign == '/' && !std::isinf(b));
  if (vanished) return frame.fail("value out of range: underflow");
  return real<Real>(static_cast<double>(result));
}
template <class Real>
Cell negate_real(Frame&, const Call& call) {
  return real<Real>(-call.arguments[0].d);
}
template <class Real>
Cell abs_real(Frame&, const Call& call) {
  return real<Real>(std::fabs(call.arguments[0].d));
}

using RealFunction = double (*)(double);
template <RealFunction Function>
Cell of_real(Frame&, const Call& call) {
  return Cell::real(CellKind::float64, Function(call.arguments[0].d));
}
double sign_real(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }
double round_real(double value) { return std::nearbyint(value); }
double trunc_real(double value) { return std::trunc(value); }
double floor_real(double value) { return std::floor(value); }
double ceil_real(double value) { return std::ceil(value); }

Cell sqrt_real(Frame& frame, const Call& call) {
  const double value = call.arguments[0].d;
  return value < 0 ? frame.fail("cannot take square root of a negative number") : Cell::real(CellKind::float64, std::sqrt(value));
}
Cell power_real(Frame& frame, const Call& call) {
  const double base = call.arguments[0].d;
  const double exponent = call.arguments[1].d;
  if (base == 0 && exponent < 0) return frame.fail("zero raised to a negative power is undefined");
  if (base < 0 && !std::isnan(exponent) && std::floor(exponent) != exponent)
    return frame.fail("a negative number raised to a non-integer power yields a complex result");
  const double result = std::pow(base, exponent);
  if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) return frame.fail("value out of range: overflow");
  if (result == 0 && base != 0 && std::isfinite(base) && std::isfinite(exponent)) return frame.fail("value out of range: underflow");
  return Cell::real(CellKind::float64, result);
}

/// The same operation for every width of integers, and mixed widths, which give the wider.
void add_integers(std::vector<Function>& table, std::string_view name, Run how, std::string_view help) {
  constexpr Sql widths[] = {Sql::int2, Sql::int4, Sql::int8};
  for (const Sql left : widths)
    for (const Sql right : widths)
      table.push_back(run(name, {left, right}, std::max(left, right), how, left == Sql::int2 && right == Sql::int2 ? help : ""));
}
void add_same_width(std::vector<Function>& table, std::string_view name, std::size_t operands, Run how, std::string_view help = {}) {
  for (const Sql type : {Sql::int2, Sql::int4, Sql::int8})
    table.push_back(run(name, std::vector<Sql>(operands, type), type, how, type == Sql::int2 ? help : ""));
}
template <char Sign>
void add_reals(std::vector<Function>& table, std::string_view name) {
  using enum Sql;
  table.push_back(run(name, {float4, float4}, float4, reals<float, Sign>));
  table.push_back(run(name, {float8, float8}, float8, reals<double, Sign>));
  table.push_back(run(name, {float4, float8}, float8, reals<double, Sign>));
  table.push_back(run(name, {float8, float4}, float8, reals<double, Sign>));
}

std::vector<Function> operators() {
  using enum Sql;
  std::vector<Function> table;
  add_integers(table, "+", integers<'+'>, "a + b, a - b, a * b");
  add_integers(table, "-", integers<'-'>, "");
  add_integers(table, "*", integers<'*'>, "");
  add_integers(table, "/", divide_integers, "a / b: whole, towards zero, for integers; at least 16 significant digits for numeric");
  add_same_width(table, "%", 2, modulo_integers, "a % b, mod(a, b): the remainder, with the sign of a");
  add_same_width(table, "mod", 2, modulo_integers);
  add_same_width(table, "-", 1, negate_integer, "-a, +a");
  add_same_width(table, "+", 1, same);
  add_same_width(table, "abs", 1, abs_integer, "abs(a), @ a");
  add_same_width(table, "@", 1, abs_integer);
  add_same_width(table, "&", 2, bit_and, "a & b, a | b, a # b (exclusive or), ~a, a << n, a >> n: bits of integers");
  add_same_width(table, "|", 2, bit_or);
  add_same_width(table, "#", 2, bit_xor);
  add_same_width(table, "~", 1, bit_not);
  for (const Sql type : {int2, int4, int8}) {
    table.push_back(run("<<", {type, int4}, type, shift<true>));
    table.push_back(run(">>", {type, int4}, type, shift<false>));
  }
  add_reals<'+'>(table, "+");
  add_reals<'-'>(table, "-");
  add_reals<'*'>(table, "*");
  add_reals<'/'>(table, "/");
  const std::vector<Function> exact = {
      run("+", {numeric, numeric}, numeric, decimals<add>),
      run("-", {numeric, numeric}, numeric, decimals<subtract>),
      run("*", {numeric, numeric}, numeric, decimals<multiply>),
      run("/", {numeric, numeric}, numeric, dividing_decimals<divide>),
      run("%", {numeric, numeric}, numeric, dividing_decimals<remainder>),
      run("-", {numeric}, numeric, negate_decimal),
      run("+", {numeric}, numeric, same),
      run("-", {float4}, float4, negate_real<float>),
      run("+", {float4}, float4, same),
      run("-", {float8}, float8, negate_real<double>),
      run("+", {float8}, float8, same),
      run("^", {numeric, numeric}, numeric, power_decimal),
      run("^", {float8, float8}, float8, power_real),
  };
  table.insert(table.end(), exact.begin(), exact.end());
  return table;
}

}  // namespace

std::vector<Function> number_functions() {
  using enum Sql;
  std::vector<Function> table = operators();
  const std::vector<Function> named = {
      run("mod", {numeric, numeric}, numeric, dividing_decimals<remainder>),
      run("div", {numeric, numeric}, numeric, dividing_decimals<whole_quotient>, "div(a, b): the whole quotient of numerics, towards zero"),
      run("abs", {numeric}, numeric, abs_decimal),
      run("abs", {float4}, float4, abs_real<float>),
      run("abs", {float8}, float8, abs_real<double>),
      run("@", {numeric}, numeric, abs_decimal),
      run("@", {float8}, float8, abs_real<double>),
      run("sign", {numeric}, numeric, sign_decimal, "sign(a): -1, 0, 1"),
      run("sign", {float8}, float8, of_real<sign_real>),
      run("round", {numeric}, numeric, cut_decimal<round_to>, "round(a), round(numeric, digits): half away from zero; floats half to even"),
      run("round", {float8}, float8, of_real<round_real>),
      run("round", {numeric, int4}, numeric, cut_decimal<round_to>),
      run("trunc", {numeric}, numeric, cut_decimal<truncate_to>, "trunc(a), trunc(numeric, digits): towards zero"),
      run("trunc", {float8}, float8, of_real<trunc_real>),
      run("trunc", {numeric, int4}, numeric, cut_decimal<truncate_to>),
      run("floor", {numeric}, numeric, whole_decimal<false>, "floor(a): down"),
      run("floor", {float8}, float8, of_real<floor_real>),
      run("ceil", {numeric}, numeric, whole_decimal<true>, "ceil(a), ceiling(a): up"),
      run("ceil", {float8}, float8, of_real<ceil_real>),
      run("ceiling", {numeric}, numeric, whole_decimal<true>),
      run("ceiling", {float8}, float8, of_real<ceil_real>),
      run("trim_scale", {numeric}, numeric, trim_scale, "trim_scale(numeric): without zeros at the end"),
      run("scale", {numeric}, int4, scale, "scale(numeric): digits after the point"),
      run("sqrt", {numeric}, numeric, sqrt_decimal, "sqrt(a)"),
      run("sqrt", {float8}, float8, sqrt_real),
      run("power", {numeric, numeric}, numeric, power_decimal, "power(a, b), a ^ b: numerics take whole exponents"),
      run("power", {float8, float8}, float8, power_real),
      run("pow", {numeric, numeric}, numeric, power_decimal),
      run("pow", {float8, float8}, float8, power_real),
      prepared(write("to_char", {numeric, text}, write_number<Sql::numeric>,
                     "to_char(number, '999,990.00'): PostgreSQL's patterns 9 0 . , D G S MI PL SG PR FM V TH EEEE RN"),
               prepare_number_format, {1}),
      prepared(write("to_char", {int4, text}, write_number<Sql::int4>), prepare_number_format, {1}),
      prepared(write("to_char", {int8, text}, write_number<Sql::int8>), prepare_number_format, {1}),
      prepared(write("to_char", {float4, text}, write_number<Sql::float4>), prepare_number_format, {1}),
      prepared(write("to_char", {float8, text}, write_number<Sql::float8>), prepare_number_format, {1}),
  };
  table.insert(table.end(), named.begin(), named.end());
  return table;
}

}  // namespace itemize::expr
