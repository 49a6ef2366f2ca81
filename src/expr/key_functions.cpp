// sortable, descending, shard, epoch: what keys and TTL need (sort_keys.h).
#include <bit>
#include <cmath>

#include "base/civil_time.h"
#include "expr/functions.h"
#include "expr/sort_keys.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;
using Arguments = std::span<const Cell>;
using Types = std::span<const Type>;

bool is_timelike(CellKind kind) { return kind == CellKind::date || kind == CellKind::timestamp || kind == CellKind::timestamp_tz || kind == CellKind::time; }

/// The sortable text, or none where the value has none. The static type decides the form, so that one column never mixes forms.
std::optional<std::string> sortable_text(const Cell& cell, const Type& type) {
  if (is_timelike(cell.kind)) return sortable_integer(cell.i, 8);
  if (!is_number(cell.kind)) return std::nullopt;
  if (type.kind == TypeKind::integer && cell.kind == CellKind::int64) return sortable_integer(cell.i, type.length > 0 ? type.length : 8);
  if (type.kind == TypeKind::float32 || type.kind == TypeKind::float64) return sortable_real(to_real(cell));
  const std::optional<Decimal> number = to_decimal(cell);
  if (!number || number->kind != Decimal::Kind::finite) return std::nullopt;
  return sortable_decimal(*number);
}

Cell sortable(Frame& frame, Arguments arguments, Types types) {
  const std::optional<std::string> text = sortable_text(arguments[0], types[0]);
  return text ? frame.text(*text) : frame.fail("sortable() takes finite numbers, dates and times");
}

Cell descending(Frame& frame, Arguments arguments, Types types) {
  const Cell& cell = arguments[0];
  if ((types[0].kind == TypeKind::float32 || types[0].kind == TypeKind::float64) && is_number(cell.kind)) {
    // Hexadecimal digits do not complement letter by letter: the bits do.
    std::string text = sortable_real(to_real(cell));
    for (char& digit : text) {
      const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
      digit = "fedcba9876543210"[value];
    }
    return frame.text(text);
  }
  const std::optional<std::string> text = sortable_text(cell, types[0]);
  return text ? frame.text(reversed_order(*text)) : frame.fail("descending() takes finite numbers, dates and times");
}

Cell shard(Frame& frame, Arguments arguments, Types types) {
  if (arguments[1].i < 1 || arguments[1].i > 1'000'000) return frame.fail("shard(x, n) needs n from 1 to 1,000,000");
  Buffer text;
  if (!append_piece(frame, arguments[0], types[0], text)) return {};
  return frame.text(shard_of(text.view(), arguments[1].i));
}

Cell epoch(Frame& frame, Arguments arguments, Types) {
  const Cell& cell = arguments[0];
  if (cell.kind == CellKind::interval) return frame.fail("epoch() takes a date or a timestamp");
  if (cell.i == row::time_infinity || cell.i == row::time_minus_infinity) return frame.fail("an infinite time has no epoch");
  if (cell.kind == CellKind::date) return Cell::integer(cell.i * 86'400);
  const std::int64_t seconds = cell.i / microseconds_per_second;
  return Cell::integer(cell.i % microseconds_per_second < 0 ? seconds - 1 : seconds);
}

}  // namespace

void add_key_functions(std::vector<Function>& table) {
  using enum Parameter;
  const std::vector<Function> own = {
      {"sortable", {any}, TypeKind::text, sortable, "sortable(number): text that sorts as the number, for every value of its type"},
      {"descending", {any}, TypeKind::text, descending, "descending(x): text that sorts the other way round; numbers, dates, timestamps"},
      {"shard", {any, integer}, TypeKind::text, shard, "shard(x, n): one of n zero-padded numbers, by CRC-32 of the text of x"},
      {"epoch", {timestamp_tz}, TypeKind::integer, epoch, "epoch(time): whole seconds since 1970-01-01T00:00:00Z, for TTL"},
      {"epoch", {timestamp}, TypeKind::integer, epoch, ""},
      {"epoch", {date}, TypeKind::integer, epoch, ""},
  };
  table.insert(table.end(), own.begin(), own.end());
}

}  // namespace itemize::expr
