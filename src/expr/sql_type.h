// SqlType: PostgreSQL's names for what row::Type says in many words; what the resolution of functions and casts works with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "row/type.h"

namespace itemize::expr {

enum class Sql : std::uint8_t {
  unknown,  ///< A literal whose type the context decides.
  boolean,
  int2,
  int4,
  int8,
  uint8,  ///< MySQL's BIGINT UNSIGNED: read as numeric by every function.
  numeric,
  float4,
  float8,
  text,
  bpchar,
  enumeration,
  uuid,
  bytea,
  date,
  time,
  timetz,
  timestamp,
  timestamptz,
  interval,
  json,
  jsonb,
  bit,
  array,
  opaque,   ///< Composites, ranges, maps, geometry: no function but those that take anything.
  dynamic,  ///< SQLite: each value has its own type.
  // Only in signatures:
  any,         ///< Whatever it is.
  anyelement,  ///< The element of the call's anyarray, or the type of the call's other anyelement.
  anyarray,
  anynonarray,
  text_array,
};

Sql sql_of(const row::Type& type);
/// The type without modifiers, under PostgreSQL's name.
row::Type type_from(Sql sql);
row::Type array_of(row::Type element);
/// "integer", "timestamp without time zone": for messages.
std::string_view name_of(Sql sql);

/// PostgreSQL's type categories (pg_type.typcategory): N numbers, S texts, D dates, T intervals, ...
char category_of(Sql sql);
bool is_preferred(Sql sql);
bool is_integer(Sql sql);
bool is_numeric(Sql sql);
bool is_textual(Sql sql);

/// Whether PostgreSQL would cast without being asked; `unknown` goes everywhere.
bool casts_implicitly(Sql from, Sql to);
/// Whether x::to is defined.
bool casts_explicitly(const row::Type& from, const row::Type& to);

/// The type that "numeric" with modifiers means (a name that libpg_query wrote); none where this program has no such type.
std::optional<row::Type> type_named(std::string_view name, const std::vector<int>& modifiers, bool array);

}  // namespace itemize::expr
