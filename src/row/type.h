// Type: what a column holds, in SQL's words and independent of the engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace itemize::row {

enum class TypeKind : std::uint8_t {
  boolean,
  integer,  ///< Any width, signed or unsigned (see Type::length in bytes, Type::is_unsigned); also oid, year.
  decimal,  ///< numeric(precision, scale), money.
  float32,
  float64,
  text,       ///< text, varchar, name, citext, xml, tsvector, inet, geometric types, ...: text with no finer meaning here.
  character,  ///< char(n), blank-padded to `length`; the padding is part of the value.
  enumeration,
  uuid,
  bytes,
  date,
  time,
  time_tz,
  timestamp,  ///< Without a zone.
  timestamp_tz,
  interval,
  json,         ///< Text of a JSON document, as stored (json) or normalised by the engine (jsonb).
  bits,         ///< bit(length) or bit varying.
  array,        ///< children[0] is the element.
  composite,    ///< children are the fields, each with its `field`.
  map,          ///< hstore: text to text-or-NULL.
  range,        ///< children[0] is the bound's type.
  multirange,   ///< children[0] is the range's type.
  set,          ///< MySQL SET: a set of texts.
  geometry,     ///< WKB bytes.
  dynamic,      ///< SQLite: each value has its own type.
  unsupported,  ///< The source cannot read this type; `name` says which. Columns of it are refused unless excluded.
};

/// A value type: copied freely.
struct Type {
  TypeKind kind = TypeKind::text;
  std::string name;    ///< The engine's own spelling, as users write it in `types:` ("timestamp with time zone", "int8").
  int length = -1;     ///< Bytes of an integer, characters of char(n)/varchar(n), bits of bit(n); -1 where unbounded.
  int precision = -1;  ///< Digits of a decimal; fractional-second digits of a time (0-6); -1 where unbounded.
  int scale = -1;      ///< Digits after the point of a decimal (may be negative in PostgreSQL 15+); -1 with precision -1.
  bool is_unsigned = false;
  bool is_varying = false;  ///< bit varying.
  std::string field;        ///< This child's name within a composite.
  std::vector<Type> children;
};

}  // namespace itemize::row
