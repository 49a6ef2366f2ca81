// The types that every PostgreSQL server has, by their fixed OIDs (src/include/catalog/pg_type.dat).
#pragma once

#include <cstdint>

#include "row/type.h"
#include "source/postgres/value_decoder.h"

namespace itemize::source::postgres {

struct BuiltinType {
  std::uint32_t oid;
  row::TypeKind kind;
  ValueDecoder::Function decode;
  int length = -1;  ///< Bytes of an integer.
  bool is_unsigned = false;
};

inline constexpr std::uint32_t oid_text = 25, oid_money = 790, oid_bpchar = 1042, oid_varchar = 1043, oid_time = 1083, oid_timestamp = 1114,
                               oid_timestamptz = 1184, oid_interval = 1186, oid_timetz = 1266, oid_bit = 1560, oid_varbit = 1562,
                               oid_numeric = 1700;

/// nullptr for a type that is not in the list: such are read by their text.
const BuiltinType* builtin_type(std::uint32_t oid);

/// Fills length, precision and scale from a column's typmod, as the type's own typmodout would print them.
void apply_typmod(row::Type& type, std::uint32_t oid, std::int32_t typmod);

}  // namespace itemize::source::postgres
