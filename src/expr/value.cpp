#include "expr/value.h"

#include <cmath>

#include "base/civil_time.h"
#include "row/cell_text.h"

namespace itemize::expr {

using row::Cell;
using row::CellKind;

bool Node::append(Frame& frame, const row::Type& type, Buffer& out) const {
  const Cell cell = evaluate(frame);
  return !frame.failed && !cell.is_null() && append_piece(frame, cell, type, out);
}

bool is_number(CellKind kind) {
  return kind == CellKind::int64 || kind == CellKind::uint64 || kind == CellKind::float32 || kind == CellKind::float64 ||
         kind == CellKind::decimal_text || kind == CellKind::decimal_wire;
}

std::optional<Decimal> to_decimal(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::int64:
      return decimal_from(cell.i);
    case CellKind::uint64:
      return parse_decimal(std::to_string(cell.u));
    case CellKind::decimal_text:
      return parse_decimal(cell.view());
    case CellKind::decimal_wire:
      return decimal_from_wire(cell.view());
    case CellKind::float32:
    case CellKind::float64: {
      if (std::isnan(cell.d)) return parse_decimal("NaN");
      if (std::isinf(cell.d)) return parse_decimal(cell.d > 0 ? "Infinity" : "-Infinity");
      // PostgreSQL takes 15 significant digits of a double, 6 of a float, into numeric.
      char text[64];
      std::snprintf(text, sizeof text, "%.*g", cell.kind == CellKind::float32 ? 6 : 15, cell.d);
      return parse_decimal(text);
    }
    default:
      return std::nullopt;
  }
}

double to_real(const Cell& cell) {
  if (cell.kind == CellKind::float32 || cell.kind == CellKind::float64) return cell.d;
  if (cell.kind == CellKind::int64) return static_cast<double>(cell.i);
  if (cell.kind == CellKind::uint64) return static_cast<double>(cell.u);
  const std::optional<Decimal> number = to_decimal(cell);
  return number ? to_double(*number) : 0;
}

namespace {

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

bool is_moment(CellKind kind) { return kind == CellKind::date || kind == CellKind::timestamp || kind == CellKind::timestamp_tz; }

int compare_reals(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? (std::isnan(b) ? 0 : 1) : -1;  // NaN is equal to itself and above all
  return order(a, b);
}

int compare_numbers(const Cell& a, const Cell& b) {
  if (a.kind == CellKind::int64 && b.kind == CellKind::int64) return order(a.i, b.i);
  const auto real = [](const Cell& cell) { return cell.kind == CellKind::float32 || cell.kind == CellKind::float64; };
  if (real(a) || real(b)) return compare_reals(to_real(a), to_real(b));
  const std::optional<Decimal> left = to_decimal(a);
  const std::optional<Decimal> right = to_decimal(b);
  return left && right ? compare(*left, *right) : 0;
}

int kind_rank(const Cell& cell) { return is_number(cell.kind) ? 0 : static_cast<int>(cell.kind); }

/// Months as 30 days, days as 24 hours: PostgreSQL's order of intervals.
__int128 length_of(const row::Interval& value) {
  return (static_cast<__int128>(value.months) * 30 + value.days) * 86'400'000'000LL + value.microseconds;
}

int compare_lists(const Cell& a, const Cell& b) {
  const auto left = a.children();
  const auto right = b.children();
  for (std::size_t index = 0; index < left.size() && index < right.size(); ++index) {
    if (left[index].is_null() || right[index].is_null()) {
      if (left[index].is_null() != right[index].is_null()) return left[index].is_null() ? 1 : -1;
      continue;
    }
    if (const int result = compare_cells(left[index], right[index]); result != 0) return result;
  }
  return order(left.size(), right.size());
}

}  // namespace

int compare_cells(const Cell& a, const Cell& b) {
  if (is_number(a.kind) && is_number(b.kind)) return compare_numbers(a, b);
  if (is_moment(a.kind) && is_moment(b.kind)) return a.kind == b.kind ? order(a.i, b.i) : order(microseconds_of(a), microseconds_of(b));
  if (a.kind != b.kind) return order(kind_rank(a), kind_rank(b));
  switch (a.kind) {
    case CellKind::text:
    case CellKind::bytes:
    case CellKind::json:
    case CellKind::bits:
      return order(a.view().compare(b.view()), 0);
    case CellKind::uuid:
      return order(std::string_view(a.data, 16).compare({b.data, 16}), 0);
    case CellKind::interval:
      return order(length_of(*a.interval), length_of(*b.interval));
    case CellKind::time_tz: {
      const auto utc = [](const Cell& cell) {
        return cell.i - static_cast<std::int64_t>(static_cast<std::int32_t>(cell.size)) * 1'000'000;
      };
      // Of two equal moments the one with the more western zone is the greater.
      if (utc(a) != utc(b)) return order(utc(a), utc(b));
      return order(static_cast<std::int32_t>(b.size), static_cast<std::int32_t>(a.size));
    }
    case CellKind::array:
    case CellKind::composite:
    case CellKind::map:
    case CellKind::range:
      return compare_lists(a, b);
    default:
      return order(a.i, b.i);
  }
}

bool append_piece(Frame& frame, const Cell& cell, const row::Type& type, Buffer& out) {
  if (type.kind == row::TypeKind::character && cell.kind == CellKind::text) {
    // char(n) to text loses its padding, as in PostgreSQL.
    std::string_view text = cell.view();
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    out.append(text);
    return true;
  }
  switch (row::append_text(cell, type, out)) {
    case row::TextStatus::ok:
      return true;
    case row::TextStatus::null:
      frame.fail("NULL has no text");
      return false;
    case row::TextStatus::not_a_number:
      out.append("NaN");
      return true;
    case row::TextStatus::infinite:
      frame.fail("an infinite value cannot be written as text");
      return false;
    case row::TextStatus::invalid:
      break;
  }
  frame.fail(cell.kind == CellKind::invalid ? std::string(cell.view()) : std::string("the value could not be decoded"));
  return false;
}

bool is_infinite_time(const Cell& cell) { return cell.i == row::time_infinity || cell.i == row::time_minus_infinity; }

std::int64_t microseconds_of(const Cell& cell) {
  if (cell.kind != CellKind::date || is_infinite_time(cell)) return cell.i;
  // 2^63 microseconds are 106,751,991 days: what lies beyond is ordered as if it were at the end.
  constexpr std::int64_t last_day = 106'751'990;
  if (cell.i > last_day) return row::time_infinity - 1;
  if (cell.i < -last_day) return row::time_minus_infinity + 1;
  return cell.i * microseconds_per_day;
}

}  // namespace itemize::expr
