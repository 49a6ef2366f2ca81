#include "expr/sql_type.h"

#include <algorithm>

namespace itemize::expr {
namespace {

using row::Type;
using row::TypeKind;

struct Entry {
  Sql sql;
  std::string_view name;
  TypeKind kind;
  int length;
  char category;
  bool preferred;
};
constexpr Entry entries[] = {
    {Sql::boolean, "boolean", TypeKind::boolean, -1, 'B', true},
    {Sql::int2, "smallint", TypeKind::integer, 2, 'N', false},
    {Sql::int4, "integer", TypeKind::integer, 4, 'N', false},
    {Sql::int8, "bigint", TypeKind::integer, 8, 'N', false},
    {Sql::uint8, "bigint unsigned", TypeKind::integer, 8, 'N', false},
    {Sql::numeric, "numeric", TypeKind::decimal, -1, 'N', false},
    {Sql::float4, "real", TypeKind::float32, 4, 'N', false},
    {Sql::float8, "double precision", TypeKind::float64, 8, 'N', true},
    {Sql::text, "text", TypeKind::text, -1, 'S', true},
    {Sql::bpchar, "character", TypeKind::character, -1, 'S', false},
    {Sql::enumeration, "enum", TypeKind::enumeration, -1, 'E', false},
    {Sql::uuid, "uuid", TypeKind::uuid, -1, 'U', false},
    {Sql::bytea, "bytea", TypeKind::bytes, -1, 'U', false},
    {Sql::date, "date", TypeKind::date, -1, 'D', false},
    {Sql::time, "time without time zone", TypeKind::time, -1, 'D', false},
    {Sql::timetz, "time with time zone", TypeKind::time_tz, -1, 'D', false},
    {Sql::timestamp, "timestamp without time zone", TypeKind::timestamp, -1, 'D', false},
    {Sql::timestamptz, "timestamp with time zone", TypeKind::timestamp_tz, -1, 'D', true},
    {Sql::interval, "interval", TypeKind::interval, -1, 'T', true},
    {Sql::json, "json", TypeKind::json, -1, 'U', false},
    {Sql::jsonb, "jsonb", TypeKind::json, -1, 'U', false},
    {Sql::bit, "bit varying", TypeKind::bits, -1, 'V', true},
    {Sql::array, "array", TypeKind::array, -1, 'A', false},
    {Sql::opaque, "this type", TypeKind::unsupported, -1, 'C', false},
    {Sql::dynamic, "dynamic", TypeKind::dynamic, -1, 'X', false},
    {Sql::unknown, "unknown", TypeKind::text, -1, 'X', false},
    {Sql::any, "any", TypeKind::text, -1, 'P', false},
    {Sql::anyelement, "anyelement", TypeKind::text, -1, 'P', false},
    {Sql::anyarray, "anyarray", TypeKind::array, -1, 'P', false},
    {Sql::anynonarray, "anynonarray", TypeKind::text, -1, 'P', false},
    {Sql::text_array, "text[]", TypeKind::array, -1, 'A', false},
};

const Entry& entry(Sql sql) { return *std::ranges::find(entries, sql, &Entry::sql); }

/// Numbers from the narrowest: each casts implicitly to those behind it.
int rank_of(Sql sql) {
  constexpr Sql order[] = {Sql::int2, Sql::int4, Sql::int8, Sql::uint8, Sql::numeric, Sql::float4, Sql::float8};
  const auto* const found = std::ranges::find(order, sql);
  return found == std::end(order) ? -1 : static_cast<int>(found - order);
}

struct NamedType {
  std::string_view name;
  Sql sql;
};
constexpr NamedType named_types[] = {
    {"bool", Sql::boolean},        {"boolean", Sql::boolean},
    {"int2", Sql::int2},           {"smallint", Sql::int2},
    {"int4", Sql::int4},           {"int", Sql::int4},
    {"integer", Sql::int4},        {"int8", Sql::int8},
    {"bigint", Sql::int8},         {"numeric", Sql::numeric},
    {"decimal", Sql::numeric},     {"float4", Sql::float4},
    {"real", Sql::float4},         {"float8", Sql::float8},
    {"text", Sql::text},           {"varchar", Sql::text},
    {"bpchar", Sql::bpchar},       {"name", Sql::text},
    {"citext", Sql::text},         {"bytea", Sql::bytea},
    {"uuid", Sql::uuid},           {"date", Sql::date},
    {"time", Sql::time},           {"timetz", Sql::timetz},
    {"timestamp", Sql::timestamp}, {"timestamptz", Sql::timestamptz},
    {"interval", Sql::interval},   {"json", Sql::json},
    {"jsonb", Sql::jsonb},         {"bit", Sql::bit},
    {"varbit", Sql::bit},
};

/// Applies (5), (5,2) and the like; false where PostgreSQL refuses them.
bool apply_modifiers(Type& type, Sql sql, const std::vector<int>& modifiers) {
  const auto within = [](int value, int least, int most) { return value >= least && value <= most; };
  if (modifiers.empty()) return true;
  if (sql == Sql::numeric) {
    type.precision = modifiers[0];
    type.scale = modifiers.size() > 1 ? modifiers[1] : 0;
    return within(type.precision, 1, 1000) && within(type.scale, -1000, 1000);
  }
  if (is_textual(sql) || sql == Sql::bit) {
    type.length = modifiers[0];
    return within(type.length, 1, 10'485'760);
  }
  if (sql == Sql::interval) {
    // (fields) or (fields, precision): 32767 is all fields.
    type.precision = modifiers.size() > 1 ? modifiers[1] : -1;
    return modifiers[0] == 32'767;
  }
  type.precision = std::min(modifiers.back(), 6);
  return type.precision >= 0;
}

}  // namespace

Sql sql_of(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return Sql::boolean;
    case TypeKind::integer: {
      const int length = type.length > 0 ? type.length : 8;
      if (type.is_unsigned) return length <= 1 ? Sql::int2 : length <= 3 ? Sql::int4 : length <= 7 ? Sql::int8 : Sql::uint8;
      return length <= 2 ? Sql::int2 : length <= 4 ? Sql::int4 : Sql::int8;
    }
    case TypeKind::decimal:
      return Sql::numeric;
    case TypeKind::float32:
      return Sql::float4;
    case TypeKind::float64:
      return Sql::float8;
    case TypeKind::text:
      return Sql::text;
    case TypeKind::character:
      return Sql::bpchar;
    case TypeKind::enumeration:
      return Sql::enumeration;
    case TypeKind::uuid:
      return Sql::uuid;
    case TypeKind::bytes:
      return Sql::bytea;
    case TypeKind::date:
      return Sql::date;
    case TypeKind::time:
      return Sql::time;
    case TypeKind::time_tz:
      return Sql::timetz;
    case TypeKind::timestamp:
      return Sql::timestamp;
    case TypeKind::timestamp_tz:
      return Sql::timestamptz;
    case TypeKind::interval:
      return Sql::interval;
    case TypeKind::json:
      return type.name == "jsonb" ? Sql::jsonb : Sql::json;
    case TypeKind::bits:
      return Sql::bit;
    case TypeKind::array:
      return Sql::array;
    case TypeKind::dynamic:
      return Sql::dynamic;
    default:
      return Sql::opaque;
  }
}

Type type_from(Sql sql) {
  if (sql == Sql::text_array) return array_of(type_from(Sql::text));
  const Entry& found = entry(sql);
  Type type;
  type.kind = found.kind;
  type.name = found.name;
  type.length = found.length;
  type.is_unsigned = sql == Sql::uint8;
  return type;
}

Type array_of(Type element) {
  Type type;
  type.kind = TypeKind::array;
  type.name = element.name + "[]";
  type.children.push_back(std::move(element));
  return type;
}

std::string_view name_of(Sql sql) { return entry(sql).name; }
char category_of(Sql sql) { return entry(sql).category; }
bool is_preferred(Sql sql) { return entry(sql).preferred; }
bool is_integer(Sql sql) { return sql == Sql::int2 || sql == Sql::int4 || sql == Sql::int8; }
bool is_numeric(Sql sql) { return category_of(sql) == 'N'; }
bool is_textual(Sql sql) { return sql == Sql::text || sql == Sql::bpchar || sql == Sql::enumeration; }

bool casts_implicitly(Sql from, Sql to) {
  if (from == to || from == Sql::unknown || from == Sql::dynamic || to == Sql::any) return true;
  if (to == Sql::anyelement) return from != Sql::opaque && from != Sql::array;
  if (to == Sql::anynonarray) return from != Sql::array && from != Sql::opaque;
  if (to == Sql::anyarray) return from == Sql::array;
  if (to == Sql::uint8 || from == Sql::opaque) return false;
  const int rank = rank_of(from);
  if (rank >= 0) return rank_of(to) > rank;
  switch (from) {
    case Sql::text:
      return to == Sql::bpchar;
    case Sql::bpchar:
    case Sql::enumeration:
      return to == Sql::text;
    case Sql::date:
      return to == Sql::timestamp || to == Sql::timestamptz;
    case Sql::timestamp:
      return to == Sql::timestamptz;
    case Sql::time:
      return to == Sql::interval || to == Sql::timetz;
    default:
      return false;
  }
}

bool casts_explicitly(const Type& from_type, const Type& to_type) {
  const Sql from = sql_of(from_type);
  const Sql to = sql_of(to_type);
  if (casts_implicitly(from, to) && to != Sql::array) return true;
  if (is_textual(from) || is_textual(to)) return from != Sql::opaque || to == Sql::text;
  if (is_numeric(from) && is_numeric(to)) return true;
  if (from == Sql::boolean) return is_integer(to);
  if (to == Sql::boolean) return is_integer(from) || from == Sql::jsonb;
  if (from == Sql::json || from == Sql::jsonb) return to == Sql::json || to == Sql::jsonb || (from == Sql::jsonb && is_numeric(to));
  if (from == Sql::array && to == Sql::array && from_type.children.size() == 1 && to_type.children.size() == 1)
    return casts_explicitly(from_type.children[0], to_type.children[0]);
  switch (from) {
    case Sql::timestamp:
      return to == Sql::date || to == Sql::time;
    case Sql::timestamptz:
      return to == Sql::date || to == Sql::time || to == Sql::timestamp || to == Sql::timetz;
    case Sql::timetz:
      return to == Sql::time;
    case Sql::interval:
      return to == Sql::time;
    default:
      return false;
  }
}

std::optional<Type> type_named(std::string_view name, const std::vector<int>& modifiers, bool array) {
  for (const NamedType& named : named_types) {
    if (named.name != name) continue;
    Type type = type_from(named.sql);
    if (named.sql == Sql::bit) type.is_varying = name == "varbit";
    if (!apply_modifiers(type, named.sql, modifiers)) return std::nullopt;
    return array ? array_of(std::move(type)) : type;
  }
  return std::nullopt;
}

}  // namespace itemize::expr
