// Compiled expressions over rows of arbitrary cells: of their column's type with arbitrary content, or of another kind.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "expr/program.h"
#include "expr/sql_type.h"

namespace {

using namespace itemize;
using namespace itemize::expr;
using row::Cell;
using row::CellKind;

constexpr Sql column_types[] = {Sql::int4,  Sql::int8,       Sql::numeric, Sql::float8,    Sql::text,        Sql::bpchar,   Sql::uuid,
                                Sql::bytea, Sql::date,       Sql::time,    Sql::timestamp, Sql::timestamptz, Sql::interval, Sql::json,
                                Sql::jsonb, Sql::text_array, Sql::dynamic, Sql::boolean,   Sql::uint8,       Sql::timetz};
constexpr const char* column_names[] = {"i4", "i8", "n",  "f8", "t",  "c",  "u",  "y", "d",  "tm",
                                        "ts", "tz", "iv", "j",  "jb", "ta", "dy", "b", "u8", "tt"};

constexpr const char* expressions[] = {
    "i4 + i8 * 2 - i4 % 7",
    "n / i8 + round(n, i4)",
    "sqrt(n) + power(n, 3)",
    "f8 * n + i4",
    "i4::text || i8::numeric",
    "t::int",
    "t::numeric(10,2)",
    "t::float4",
    "t::date",
    "t::timestamptz",
    "t::interval",
    "t::uuid",
    "t::bytea",
    "t::jsonb",
    "t::text[]",
    "t::int4[]",
    "t::time",
    "t::bool",
    "lower(t) || upper(c)",
    "initcap(t)",
    "lpad(t, i4, c)",
    "substring(t from i4 for i4)",
    "split_part(t, c, i4)",
    "left(t, i4) || right(t, i4)",
    "translate(t, c, t)",
    "repeat(t, i4)",
    "reverse(t)",
    "t LIKE c",
    "t ILIKE c",
    "t ~ '^[a-z]+(b|c)*$'",
    "regexp_replace(t, '(a|b)+', '<\\1>', 'g')",
    "regexp_match(t, '(x)?(y*)')",
    "format('%s %L %-9s', t, n, d)",
    "concat(i4, n, t, u, y, d, ts, iv, j, ta, dy)",
    "to_char(n, '9,999.99PR')",
    "to_char(f8, 'FM9.99')",
    "to_char(ts, 'YYYY FMMonth DDth HH24:MI:SS.US J CC')",
    "to_char(i8, 'RN')",
    "to_timestamp(t, 'YYYY-MM-DD HH24:MI:SS')",
    "to_timestamp(f8)",
    "d + i4",
    "ts + iv",
    "tz - tz",
    "iv * f8",
    "iv / 7",
    "age(ts, tz)",
    "date_trunc('week', ts)",
    "extract(epoch from tz)",
    "extract(century from d)",
    "tz AT TIME ZONE 'Europe/Berlin'",
    "ts AT TIME ZONE 'America/New_York'",
    "j -> 'a' ->> 0",
    "jb #>> '{a,b,1}'",
    "j::jsonb",
    "jsonb_array_length(jb)",
    "jb ? 'a'",
    "jsonb_build_object(t, n, 'x', ta)",
    "to_jsonb(ts)",
    "jb::numeric",
    "ta[i4]",
    "array_to_string(ta, t, c)",
    "ta || t",
    "t = ANY (ta)",
    "ta @> ta",
    "string_to_array(t, c)",
    "md5(t)",
    "encode(y, 'base64')",
    "decode(t, 'base64')",
    "decode(t, 'escape')",
    "encode(sha256(y), 'hex')",
    "sortable(i4) || sortable(n) || sortable(f8)",
    "descending(n) || descending(i8)",
    "sortable(u8)",
    "sortable(dy)",
    "shard(t, i4)",
    "epoch(tz)",
    "row_hash(*)",
    "dy + 1",
    "dy || 'x'",
    "dy = t",
    "dy::timestamp",
    "u8 + 1",
    "greatest(ts, tz)",
    "coalesce(n, i4, f8)",
    "CASE WHEN b THEN n ELSE i4 END",
    "i4 BETWEEN SYMMETRIC i8 AND n",
    "tt::text",
    "iv::text",
    "make_date(i4, i4, i4)",
    "chr(i4)",
    "interval '1 day' * i4",
    "n::int8 << i4",
};

/// Takes bytes from the front; zero when they are used up.
struct Source {
  const std::uint8_t* data;
  std::size_t size;

  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (; width > 0; --width) value = value << 8 | next();
    return value;
  }
  std::uint8_t next() {
    if (size == 0) return 0;
    --size;
    return *data++;
  }
  std::string_view bytes(Arena& arena) {
    const std::size_t length = std::min<std::size_t>(next() % 64, size);
    char* const place = arena.allocate(length);  // a block of its own size, so that a read beyond it is seen
    if (length > 0) std::memcpy(place, data, length);
    data += length;
    size -= length;
    return {place, length};
  }
};

CellKind kind_of(Sql type) {
  switch (type) {
    case Sql::int4:
    case Sql::int8:
      return CellKind::int64;
    case Sql::uint8:
      return CellKind::uint64;
    case Sql::numeric:
      return CellKind::decimal_text;
    case Sql::float8:
      return CellKind::float64;
    case Sql::uuid:
      return CellKind::uuid;
    case Sql::bytea:
      return CellKind::bytes;
    case Sql::date:
      return CellKind::date;
    case Sql::time:
      return CellKind::time;
    case Sql::timetz:
      return CellKind::time_tz;
    case Sql::timestamp:
      return CellKind::timestamp;
    case Sql::timestamptz:
      return CellKind::timestamp_tz;
    case Sql::interval:
      return CellKind::interval;
    case Sql::json:
    case Sql::jsonb:
      return CellKind::json;
    case Sql::text_array:
      return CellKind::array;
    case Sql::boolean:
      return CellKind::boolean;
    default:
      return CellKind::text;
  }
}

/// A cell of that kind whose content keeps the kind's promises (cell.h), but nothing more.
Cell cell_of(CellKind kind, Source& source, Arena& arena, int depth = 0) {
  switch (kind) {
    case CellKind::boolean:
      return Cell::boolean(source.next() % 2 != 0);
    case CellKind::float32:
    case CellKind::float64: {
      double value = 0;
      const std::uint64_t bits = source.number(8);
      std::memcpy(&value, &bits, sizeof value);
      return Cell::real(CellKind::float64, value);
    }
    case CellKind::decimal_text: {
      std::string text = std::to_string(static_cast<std::int64_t>(source.number(8)));
      if (source.next() % 2 != 0) text += "." + std::to_string(source.number(4));
      if (source.next() % 32 == 0) text = source.next() % 2 != 0 ? "NaN" : "-Infinity";
      return Cell::view_of(kind, arena.copy(text));
    }
    case CellKind::uuid:
      return Cell::view_of(kind, {std::strncpy(arena.allocate(16), "0123456789abcdef", 16), 16});
    case CellKind::interval: {
      auto* const value = arena.allocate_array<row::Interval>(1);
      *value = {static_cast<std::int64_t>(source.number(8)), static_cast<std::int32_t>(source.number(4)),
                static_cast<std::int32_t>(source.number(4))};
      Cell cell;
      cell.kind = kind;
      cell.interval = value;
      return cell;
    }
    case CellKind::date:
      return Cell::make(kind, static_cast<std::int32_t>(source.number(4)));
    case CellKind::time:
      return Cell::make(kind, static_cast<std::int64_t>(source.number(8) % 86'400'000'001));
    case CellKind::time_tz: {
      Cell cell = Cell::make(kind, static_cast<std::int64_t>(source.number(8) % 86'400'000'001));
      cell.size = static_cast<std::uint32_t>(static_cast<std::int32_t>(source.next()) * 600 - 50'000);
      return cell;
    }
    case CellKind::array: {
      const std::size_t count = depth > 2 ? 0 : source.next() % 5;
      auto* const cells = arena.allocate_array<Cell>(count);
      for (std::size_t index = 0; index < count; ++index)
        cells[index] = source.next() % 4 == 0 ? Cell{} : cell_of(CellKind::text, source, arena, depth + 1);
      return Cell::nested(kind, cells, count);
    }
    case CellKind::text:
    case CellKind::bytes:
    case CellKind::json:
      return Cell::view_of(kind, source.bytes(arena));
    default:
      return Cell::make(kind, static_cast<std::int64_t>(source.number(8)));
  }
}

std::vector<Program> compiled(const Scope& scope) {
  std::vector<Program> programs;
  for (const char* expression : expressions) {
    auto program = compile_expression(expression, scope);
    if (!program) {
      std::fprintf(stderr, "%s: %s\n", expression, program.error().front().message.c_str());
      std::abort();
    }
    programs.push_back(*std::move(program));
  }
  return programs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Scope scope = [] {
    Scope made;
    for (std::size_t index = 0; index < std::size(column_types); ++index)
      made.names.push_back({column_names[index], type_from(column_types[index]), index, true});
    return made;
  }();
  static const std::vector<Program> programs = compiled(scope);
  Source source{data, size};
  const std::size_t chosen = source.next() % programs.size();
  Arena arena(1);
  std::vector<Cell> row;
  for (const Sql type : column_types) {
    const std::uint8_t how = source.next();
    if (how % 8 == 0)
      row.emplace_back();
    else if (how % 8 == 1)
      row.push_back(cell_of(static_cast<CellKind>(how / 8 % 16), source, arena));  // what the type does not promise
    else
      row.push_back(cell_of(kind_of(type), source, arena));
    if (row.back().kind == CellKind::decimal_wire) row.back() = Cell::view_of(CellKind::decimal_wire, source.bytes(arena));
  }
  const auto value = programs[chosen].evaluate(row, Context{}, arena);
  Buffer out;
  if (value && !value->is_null()) static_cast<void>(append_value_text(*value, programs[chosen].type(), out));
  static_cast<void>(programs[chosen].append_text(row, Context{}, arena, out));
  return 0;
}
