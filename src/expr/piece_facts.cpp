#include "expr/piece_facts.h"

#include <cstdlib>
#include <string>

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
    case TypeKind::integer:
      return all_but(type.is_unsigned ? digits : "-0123456789");
    case TypeKind::decimal:
      return all_but("-.0123456789NaInfity");  // also NaN
    case TypeKind::float32:
    case TypeKind::float64:
      return all_but("-+.0123456789eNaInfity");
    case TypeKind::boolean:
      return all_but("truefals");
    case TypeKind::uuid:
      return all_but("-0123456789abcdef");
    case TypeKind::date:
      return all_but("-+0123456789");
    case TypeKind::time:
      return all_but("-:.0123456789");
    case TypeKind::time_tz:
      return all_but("-+:.0123456789");
    case TypeKind::timestamp:
      return all_but("-+:.T0123456789");
    case TypeKind::timestamp_tz:
      return all_but("-+:.TZ0123456789");
    case TypeKind::interval:
      return all_but("-.PYMDTHS0123456789");
    case TypeKind::bytes:
      return all_but("\\x0123456789abcdef");
    case TypeKind::bits:
      return all_but("01");
    default:
      return {};
  }
}

/// Different values have different texts. Not so for char(n), whose padding is cut, and for values that may be anything.
bool text_is_injective(const row::Type& type) {
  switch (type.kind) {
    case TypeKind::integer:
    case TypeKind::decimal:
    case TypeKind::boolean:
    case TypeKind::text:
    case TypeKind::enumeration:
    case TypeKind::uuid:
    case TypeKind::bytes:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
    case TypeKind::bits:
      return true;
    // Equal under char(n)'s own comparison is equal without padding: cutting loses nothing that the unique key tells apart.
    case TypeKind::character:
      return true;
    case TypeKind::float32:
    case TypeKind::float64:
      return true;
    default:
      return false;
  }
}

/// What ::text never contains: it writes times with a space, a zone and "BC", and infinities by name.
std::string cannot_contain_after_cast(const row::Type& type) {
  switch (type.kind) {
    case TypeKind::date:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
      return all_but("-+:. 0123456789BCinfity");
    case TypeKind::interval:
      return all_but("-+:. 0123456789abcdefghijklmnopqrstuvwxyz");
    default:
      return cannot_contain(type);
  }
}

bool is_sort_key(std::string_view name) { return name == "sortable" || name == "descending"; }

/// sortable(x), descending(x): their width and what they tell of x.
void add_sort_key_facts(Piece& piece, bool descending, const Bound& argument) {
  const row::Type& type = argument.type;
  const bool times =
      type.kind == TypeKind::date || type.kind == TypeKind::time || type.kind == TypeKind::timestamp || type.kind == TypeKind::timestamp_tz;
  const bool real = type.kind == TypeKind::float32 || type.kind == TypeKind::float64;
  const int extra = descending ? 1 : 0;
  if (type.kind == TypeKind::integer) piece.fixed_width = 1 + sortable_integer_width(type) + extra;
  if (times) piece.fixed_width = 1 + sortable_integer_width(8) + extra;
  if (real) piece.fixed_width = 16;
  if (type.kind == TypeKind::integer || type.kind == TypeKind::decimal || times || real)
    piece.injective_slot = argument.facts.injective_slot;
  piece.cannot_contain = all_but("nopklm~!0123456789abcdef");
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
  const bool to_text = to.kind == TypeKind::text && to.length < 0;
  const bool widens =
      (to_text && text_is_injective(from)) ||
      (from.kind == TypeKind::integer && to.kind == TypeKind::integer && !to.is_unsigned && to.length > from.length) ||
      (from.kind == TypeKind::integer && to.kind == TypeKind::integer && to.length == from.length && to.is_unsigned == from.is_unsigned) ||
      (from.kind == TypeKind::integer && to.kind == TypeKind::decimal && to.precision < 0);
  if (widens) piece.injective_slot = argument.injective_slot;
  if (to_text) {
    piece.cannot_contain = cannot_contain_after_cast(from);
    if (from.kind == TypeKind::uuid) piece.fixed_width = 36;
  }
  return piece;
}

int widest_text(const row::Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return 5;
    case TypeKind::integer:
      return type.length <= 0 ? 20 : type.length <= 2 ? 6 : type.length <= 4 ? 11 : 20;
    case TypeKind::decimal:
      return type.precision > 0 && type.scale >= 0 ? type.precision + 3 : -1;
    case TypeKind::text:
    case TypeKind::character:
      return type.length > 0 ? type.length : -1;
    case TypeKind::uuid:
      return 36;
    default:
      return -1;
  }
}

int widest_after_cast(int before, const row::Type& from, const row::Type& to) {
  if (to.kind != TypeKind::text) return widest_text(to);
  const int own = before >= 0 ? before : widest_text(from);
  if (to.length > 0) return own >= 0 && own < to.length ? own : to.length;
  return own;
}

int widest_of_call(const Function& function, const std::vector<Bound>& arguments) {
  if (function.result != Sql::text) return widest_text(type_from(function.result));
  const std::string_view name = function.name;
  if (name == "lower" || name == "upper" || name == "btrim" || name == "ltrim" || name == "rtrim" || name == "reverse" || name == "initcap")
    return arguments[0].widest;
  return -1;
}

Piece facts_of_call(const Function& function, const std::vector<Bound>& arguments) {
  Piece piece = facts_of_result(type_from(function.result));
  const bool number_follows = arguments.size() > 1 && !arguments[1].literal.empty();
  const int number = number_follows ? std::atoi(arguments[1].literal.c_str()) : 0;
  if (is_sort_key(function.name)) add_sort_key_facts(piece, function.name == "descending", arguments[0]);
  if (function.name == "shard") {
    piece.cannot_contain = all_but(digits);
    if (number > 0) piece.fixed_width = static_cast<int>(std::to_string(number - 1).size());
  }
  if (function.name == "row_hash") {
    piece.cannot_contain = all_but("0123456789abcdef");
    piece.fixed_width = 32;
  }
  if ((function.name == "lpad" || function.name == "rpad") && number_follows)
    piece.may_cut = arguments[0].widest < 0 || arguments[0].widest > number;
  return piece;
}

}  // namespace itemize::expr
