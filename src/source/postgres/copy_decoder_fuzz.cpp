// Any bytes as COPY's stream: the decoder must end and stay within them, and what it makes of them must be writable.
// The first byte chooses the columns; each message after it is one length byte and so many bytes.
#include <array>
#include <cstdint>

#include "row/cell_text.h"
#include "source/postgres/copy_decoder.h"

using namespace itemize;
using namespace itemize::source::postgres;

namespace {

using row::TypeKind;

struct Column {
  ValueDecoder decoder;
  row::Type type;
};

row::Type type_of(TypeKind kind, std::vector<row::Type> children = {}) {
  row::Type type;
  type.kind = kind;
  type.children = std::move(children);
  return type;
}

std::vector<Column> columns() {
  const ValueDecoder int4{decode_int4, 23, 0, {}};
  const ValueDecoder text{decode_text, 25, 0, {}};
  const ValueDecoder numeric{decode_numeric, 1700, 0, {}};
  const ValueDecoder range{decode_range, 3906, 0, {numeric}};
  const row::Type text_type;
  const row::Type range_type = type_of(TypeKind::range, {type_of(TypeKind::decimal)});
  const ValueDecoder composite{decode_composite, 16400, 0, {int4, text, {decode_array, 1007, 0, {int4}}}};
  const row::Type composite_type =
      type_of(TypeKind::composite, {type_of(TypeKind::integer), text_type, type_of(TypeKind::array, {type_of(TypeKind::integer)})});
  std::vector<Column> all;
  for (const ValueDecoder::Function scalar :
       {decode_bool,   decode_int2,    decode_int4,    decode_int8,      decode_uint4,       decode_uint8,    decode_float4,
        decode_float8, decode_numeric, decode_text,    decode_bytea,     decode_json,        decode_jsonb,    decode_uuid,
        decode_date,   decode_time,    decode_timetz,  decode_timestamp, decode_timestamptz, decode_interval, decode_char,
        decode_bits,   decode_inet,    decode_macaddr, decode_pg_lsn,    decode_point,       decode_lseg,     decode_box,
        decode_line,   decode_circle,  decode_path,    decode_polygon,   decode_tsvector})
    all.push_back({{scalar, 0, 0, {}}, text_type});
  all.push_back({{decode_money, 790, 2, {}}, text_type});
  all.push_back({{decode_array, 1009, 0, {text}}, type_of(TypeKind::array, {text_type})});
  all.push_back({{decode_array, 16401, 0, {composite}}, type_of(TypeKind::array, {composite_type})});
  all.push_back({composite, composite_type});
  all.push_back({range, range_type});
  all.push_back({{decode_multirange, 4532, 0, {range}}, type_of(TypeKind::multirange, {range_type})});
  all.push_back({{decode_hstore, 0, 0, {}}, type_of(TypeKind::map)});
  return all;
}

void write_all(const row::RowBatch& batch, const std::vector<const Column*>& chosen) {
  Buffer out;
  for (std::size_t row = 0; row < batch.rows(); ++row)
    for (std::size_t column = 0; column < chosen.size(); ++column) row::append_text(batch.row(row)[column], chosen[column]->type, out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Column> all = columns();
  if (size < 1) return 0;
  // One to three neighbouring columns; a value alone gets its header for free, or most inputs would end there.
  std::vector<const Column*> chosen;
  for (std::size_t index = 0; index <= data[0] % 3U; ++index) chosen.push_back(&all[(data[0] / 3U + index) % all.size()]);
  std::vector<ValueDecoder> decoders;
  for (const Column* column : chosen) decoders.push_back(column->decoder);
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  {
    Arena arena;
    Buffer out;
    row::append_text(decoders[0].decode(decoders[0], rest, arena), chosen[0]->type, out);
  }
  CopyDecoder decoder(std::move(decoders));
  row::RowBatch batch(chosen.size());
  constexpr std::string_view header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  if ((size & 1) != 0 && !decoder.decode(header, batch)) return 0;
  while (!rest.empty()) {
    const std::size_t length = std::min<std::size_t>(static_cast<unsigned char>(rest[0]), rest.size() - 1);
    if (!decoder.decode(rest.substr(1, length), batch)) return 0;
    rest.remove_prefix(1 + length);
  }
  write_all(batch, chosen);
  return 0;
}
