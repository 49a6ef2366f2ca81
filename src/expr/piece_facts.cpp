#include "expr/piece_facts.h"

#include "expr/sort_keys.h"

namespace itemize::expr {
namespace {

using row::TypeKind;

/// Every printable ASCII byte but those in `possible`.
std::string all_but(std::string_view possible) {
  std::string bytes;
  for (char byte = ' '; byte < 127; ++byte)
    if (possible.find(byte) == std::string_view::npos) bytes += byte;
  return bytes;
}

constexpr std::string_view digits = "0123456789";

std::string cannot_contain(const row::Type& type) {
  switch (type.kind) {
    case TypeKind::integer: return all_but(type.is_unsigned ? digits : "-0123456789");
    case TypeKind::decimal: return all_but("-.0123456789NaInfity");  // also NaN
    case TypeKind::float32: case TypeKind::float64: return all_but("-+.0123456789eNaInfity");
    case TypeKind::boolean: return all_but("truefals");
    case TypeKind::uuid: return all_but("-0123456789abcdef");
    case TypeKind::date: return all_but("-+0123456789");
    case TypeKind::time: return all_but("-:.0123456789");
    case TypeKind::time_tz: return all_but("-+:.0123456789");
    case TypeKind::timestamp: return all_but("-+:.T0123456789");
    case TypeKind::timestamp_tz: return all_but("-+:.TZ0123456789");
    case TypeKind::interval: return all_but("-.PYMDTHS0123456789");
    case TypeKind::bytes: return all_but("\\x0123456789abcdef");
    case TypeKind::bits: return all_but("01");
    default: return {};
  }
}

/// Different values have different texts. Not so for char(n), whose padding is cut, and for values that may be anything.
bool text_is_injective(const row::Type& type) {
  switch (type.kind) {
    case TypeKind::integer: case TypeKind::decimal: case TypeKind::boolean: case TypeKind::text: case TypeKind::enumeration: case TypeKind::uuid:
    case TypeKind::bytes: case TypeKind::date: case TypeKind::time: case TypeKind::timestamp: case TypeKind::timestamp_tz: case TypeKind::bits: return true;
    // Equal under char(n)'s own comparison is equal without padding: cutting loses nothing that the unique key tells apart.
    case TypeKind::character: return true;
    case TypeKind::float32: case TypeKind::float64: return true;
    default: return false;
  }
}

}  // namespace

Piece facts_of_result(const row::Type& type) {
  Piece piece;
  piece.is_expression = true;
  piece.cannot_contain = cannot_contain(type);
  if (type.kind == TypeKind::uuid) piece.fixed_width = 36;
  return piece;
}

Piece facts_of_column(std::size_t slot, const row::Type& type) {
  Piece piece = facts_of_result(type);
  piece.slot = slot;
  if (text_is_injective(type)) piece.injective_slot = slot;
  return piece;
}

Piece facts_of_cast(const Piece& argument, const row::Type& from, const row::Type& to) {
  Piece piece = facts_of_result(to);
  const bool widens = (to.kind == TypeKind::text && to.length < 0 && text_is_injective(from) && from.kind != TypeKind::bytes) ||
                      (from.kind == TypeKind::integer && to.kind == TypeKind::integer && to.length >= from.length) ||
                      (from.kind == TypeKind::integer && to.kind == TypeKind::decimal && to.precision < 0);
  if (!widens) return piece;
  piece.injective_slot = argument.injective_slot;
  if (to.kind == TypeKind::text && argument.slot) {
    // ::text has PostgreSQL's form: a space in timestamps, otherwise the same letters.
    piece.cannot_contain = argument.cannot_contain;
    std::erase(piece.cannot_contain, ' ');
    std::erase(piece.cannot_contain, '+');
  }
  return piece;
}

Piece facts_of_call(const Function& function, const std::vector<Bound>& arguments) {
  Piece piece = facts_of_result(type_of(function.result));
  if (function.name == "sortable" || function.name == "descending") {
    const row::Type& type = arguments[0].type;
    const bool times = type.kind == TypeKind::date || type.kind == TypeKind::time || type.kind == TypeKind::timestamp || type.kind == TypeKind::timestamp_tz;
    const int extra = function.name == "descending" ? 1 : 0;
    if (type.kind == TypeKind::integer) piece.fixed_width = 1 + sortable_integer_width(type.length > 0 ? type.length : 8) + extra;
    if (times) piece.fixed_width = 1 + sortable_integer_width(8) + extra;
    const bool real = type.kind == TypeKind::float32 || type.kind == TypeKind::float64;
    if (real) piece.fixed_width = 16;
    if (type.kind == TypeKind::integer || type.kind == TypeKind::decimal || times || real) piece.injective_slot = arguments[0].facts.slot;
    piece.cannot_contain = all_but("nopklm~!0123456789abcdef");
  }
  if (function.name == "shard") piece.cannot_contain = all_but(digits);
  if ((function.name == "lpad" || function.name == "rpad") && arguments.size() > 1 && !arguments[1].literal.empty()) {
    const int width = std::atoi(arguments[1].literal.c_str());
    int widest = -1;
    const row::Type& type = arguments[0].type;
    if (type.length > 0 && type.kind != TypeKind::integer) widest = type.length;
    piece.may_cut = widest < 0 || widest > width;
    piece.fixed_width = -1;  // characters, not bytes
  }
  return piece;
}

}  // namespace itemize::expr
