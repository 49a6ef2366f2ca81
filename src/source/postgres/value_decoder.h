// ValueDecoder: how the bytes of one value become a Cell. Chosen once for each column when a range is opened, so that nothing is
// looked up for each value. The bytes are those of the types' send functions (src/backend/utils/adt in PostgreSQL's sources).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "row/cell.h"

namespace itemize::source::postgres {

struct ValueDecoder {
  /// `wire` is one value, not NULL, and lives as long as the batch. Never fails otherwise than by an `invalid` cell.
  using Function = row::Cell (*)(const ValueDecoder& self, std::string_view wire, Arena& arena);

  Function decode = nullptr;
  std::uint32_t oid = 0;               ///< What an array's or a composite's header says of such a value.
  int scale = 0;                       ///< money: digits after the point.
  std::vector<ValueDecoder> children;  ///< Element of an array, range or multirange; fields of a composite.
};

/// A value whose bytes do not have the form that its type promises.
row::Cell invalid(std::string_view sentence);

// Scalars.
row::Cell decode_bool(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_int2(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_int4(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_int8(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_uint4(const ValueDecoder&, std::string_view, Arena&);  ///< oid, xid, cid
row::Cell decode_uint8(const ValueDecoder&, std::string_view, Arena&);  ///< xid8
row::Cell decode_float4(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_float8(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_numeric(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_money(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_text(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_bytea(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_json(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_jsonb(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_uuid(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_date(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_time(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_timetz(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_timestamp(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_timestamptz(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_interval(const ValueDecoder&, std::string_view, Arena&);

// Types whose canonical value is PostgreSQL's own text of them (text_form_decoders.cpp).
row::Cell decode_char(const ValueDecoder&, std::string_view, Arena&);  ///< "char": one byte
row::Cell decode_bits(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_inet(const ValueDecoder&, std::string_view, Arena&);     ///< also cidr
row::Cell decode_macaddr(const ValueDecoder&, std::string_view, Arena&);  ///< also macaddr8
row::Cell decode_pg_lsn(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_point(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_lseg(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_box(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_line(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_circle(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_path(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_polygon(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_tsvector(const ValueDecoder&, std::string_view, Arena&);

// Values made of values (nested_decoders.cpp).
row::Cell decode_array(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_composite(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_range(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_multirange(const ValueDecoder&, std::string_view, Arena&);
row::Cell decode_hstore(const ValueDecoder&, std::string_view, Arena&);

}  // namespace itemize::source::postgres
