// sortable, descending, shard, epoch, row_hash: what keys and TTL need (sort_keys.h). docs/expressions.md publishes how they are made.
#include <string>

#include "base/civil_time.h"
#include "base/digest.h"
#include "expr/functions.h"
#include "expr/sort_keys.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::TypeKind;

bool is_real(TypeKind kind) { return kind == TypeKind::float32 || kind == TypeKind::float64; }

/// The column's type decides the form, never the value: one column never mixes forms.
void sortable(Frame& frame, const Call& call, Buffer& out) {
  const Cell& cell = call.arguments[0];
  const row::Type& type = call.types[0];
  switch (type.kind) {
    case TypeKind::integer: {
      const int width = sortable_integer_width(type);
      if (cell.kind == CellKind::uint64) return append_sortable_unsigned(out, cell.u, width);
      return append_sortable_integer(out, cell.i, width);
    }
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
      if (type.kind != TypeKind::time && is_infinite_time(cell)) break;
      return append_sortable_integer(out, cell.i, sortable_integer_width(8));
    case TypeKind::float32:
    case TypeKind::float64:
      return out.append(sortable_real(to_real(cell)));
    default: {
      const std::optional<Decimal> number = to_decimal(cell);
      if (!number || number->kind != Decimal::Kind::finite) break;
      return out.append(sortable_decimal(*number));
    }
  }
  frame.fail("sortable() and descending() take finite numbers, dates and times");
}

void descending(Frame& frame, const Call& call, Buffer& out) {
  Buffer ascending;
  sortable(frame, call, ascending);
  out.append(is_real(call.types[0].kind) ? reversed_real(ascending.view()) : reversed_order(ascending.view()));
}

void shard(Frame& frame, const Call& call, Buffer& out) {
  if (call.integer(1) < 1 || call.integer(1) > 1'000'000) {
    frame.fail("shard(x, n) needs n from 1 to 1,000,000");
    return;
  }
  const std::size_t begin = out.size();
  if (!append_piece(frame, call.arguments[0], call.types[0], out)) return;
  Buffer number;
  append_shard(number, out.view(begin, out.size() - begin), call.integer(1));
  out.truncate(begin);
  out.append(number.view());
}

Cell epoch(Frame& frame, const Call& call) {
  const Cell& cell = call.arguments[0];
  if (is_infinite_time(cell)) return frame.fail("an infinite time has no epoch");
  if (cell.kind == CellKind::date) return Cell::integer(cell.i * 86'400);
  const std::int64_t seconds = cell.i / microseconds_per_second;
  return Cell::integer(cell.i % microseconds_per_second < 0 ? seconds - 1 : seconds);
}

/// The first 16 bytes of the SHA-256 over each value's length, ':' and text in a template; '-' for NULL.
void row_hash(Frame& frame, const Call& call, Buffer& out) {
  Sha256 digest;
  Buffer text;
  for (std::size_t index = 0; index < call.size(); ++index) {
    if (call.arguments[index].is_null()) {
      digest.update("-");
      continue;
    }
    text.clear();
    if (!append_piece(frame, call.arguments[index], call.types[index], text)) return;
    digest.update(std::to_string(text.size()) + ":");
    digest.update(text.view());
  }
  const Digest bytes = digest.finish();
  out.append(hex(bytes_of(bytes).substr(0, 16)));
}

}  // namespace

std::vector<Function> key_functions() {
  using enum Sql;
  std::vector<Function> table;
  for (const Sql type : {int2, int4, int8, uint8, numeric, float4, float8, date, time, timestamp, timestamptz, dynamic}) {
    table.push_back(
        write("sortable", {type}, sortable,
              type == int2 ? "sortable(x): text that sorts as the number, date or time does, for every value of its type" : ""));
    table.push_back(write("descending", {type}, descending, type == int2 ? "descending(x): text that sorts the other way round" : ""));
  }
  const std::vector<Function> others = {
      write("shard", {any, int8}, shard, "shard(x, n): one of n numbers, zero-padded, by CRC-32 of the text of x"),
      run("epoch", {timestamptz}, int8, epoch, "epoch(time): whole seconds since 1970-01-01T00:00:00Z, rounded down, for TTL"),
      run("epoch", {timestamp}, int8, epoch),
      run("epoch", {date}, int8, epoch),
      with_nulls(repeating(
          write("row_hash", {any}, row_hash,
                "row_hash(x, ...), row_hash(*): 32 hexadecimal digits of a SHA-256 over the values; * is every column of the row"))),
  };
  table.insert(table.end(), others.begin(), others.end());
  return table;
}

}  // namespace itemize::expr
