#include "source/postgres/builtin_types.h"

#include <algorithm>

namespace itemize::source::postgres {
namespace {

using row::TypeKind;

// Ordered by OID. What is left out (reg*, tid, jsonpath, tsquery, ...) is read by its text.
constexpr BuiltinType builtins[] = {
    {16, TypeKind::boolean, decode_bool},
    {17, TypeKind::bytes, decode_bytea},
    {18, TypeKind::text, decode_char},
    {19, TypeKind::text, decode_text},  // name
    {20, TypeKind::integer, decode_int8, 8},
    {21, TypeKind::integer, decode_int2, 2},
    {23, TypeKind::integer, decode_int4, 4},
    {oid_text, TypeKind::text, decode_text},
    {26, TypeKind::integer, decode_uint4, 4, true},  // oid
    {28, TypeKind::integer, decode_uint4, 4, true},  // xid
    {29, TypeKind::integer, decode_uint4, 4, true},  // cid
    {114, TypeKind::json, decode_json},
    {142, TypeKind::text, decode_text},  // xml
    {600, TypeKind::text, decode_point},
    {601, TypeKind::text, decode_lseg},
    {602, TypeKind::text, decode_path},
    {603, TypeKind::text, decode_box},
    {604, TypeKind::text, decode_polygon},
    {628, TypeKind::text, decode_line},
    {650, TypeKind::text, decode_inet},  // cidr
    {700, TypeKind::float32, decode_float4},
    {701, TypeKind::float64, decode_float8},
    {718, TypeKind::text, decode_circle},
    {774, TypeKind::text, decode_macaddr},  // macaddr8
    {oid_money, TypeKind::decimal, decode_money},
    {829, TypeKind::text, decode_macaddr},
    {869, TypeKind::text, decode_inet},
    {oid_bpchar, TypeKind::character, decode_text},
    {oid_varchar, TypeKind::text, decode_text},
    {1082, TypeKind::date, decode_date},
    {oid_time, TypeKind::time, decode_time},
    {oid_timestamp, TypeKind::timestamp, decode_timestamp},
    {oid_timestamptz, TypeKind::timestamp_tz, decode_timestamptz},
    {oid_interval, TypeKind::interval, decode_interval},
    {oid_timetz, TypeKind::time_tz, decode_timetz},
    {oid_bit, TypeKind::bits, decode_bits},
    {oid_varbit, TypeKind::bits, decode_bits},
    {oid_numeric, TypeKind::decimal, decode_numeric},
    {1790, TypeKind::text, decode_text},  // refcursor
    {2950, TypeKind::uuid, decode_uuid},
    {3220, TypeKind::text, decode_pg_lsn},
    {3614, TypeKind::text, decode_tsvector},
    {3802, TypeKind::json, decode_jsonb},
    {5069, TypeKind::integer, decode_uint8, 8, true},  // xid8
};
static_assert(std::ranges::is_sorted(builtins, {}, &BuiltinType::oid));

constexpr int header = 4;  // VARHDRSZ, counted in the typmods of numeric, char and varchar

}  // namespace

const BuiltinType* builtin_type(std::uint32_t oid) {
  const auto* const found = std::ranges::lower_bound(builtins, oid, {}, &BuiltinType::oid);
  return found != std::end(builtins) && found->oid == oid ? found : nullptr;
}

void apply_typmod(row::Type& type, std::uint32_t oid, std::int32_t typmod) {
  if (oid == oid_varbit) type.is_varying = true;
  if (typmod < 0) return;
  switch (oid) {
    case oid_numeric:
      type.precision = ((typmod - header) >> 16) & 0xffff;
      type.scale = (((typmod - header) & 0x7ff) ^ 1024) - 1024;  // 11 bits, signed since version 15
      break;
    case oid_bpchar:
    case oid_varchar:
      type.length = typmod - header;
      break;
    case oid_bit:
    case oid_varbit:
      type.length = typmod;
      break;
    case oid_time:
    case oid_timetz:
    case oid_timestamp:
    case oid_timestamptz:
      type.precision = typmod;
      break;
    case oid_interval:
      if ((typmod & 0xffff) != 0xffff) type.precision = typmod & 0xffff;
      break;
    default:
      break;
  }
}

}  // namespace itemize::source::postgres
