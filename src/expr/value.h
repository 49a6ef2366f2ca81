// What evaluation works with: the row, an arena, and the first error.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/decimal.h"
#include "expr/program.h"
#include "row/cell.h"
#include "row/type.h"

namespace itemize::expr {

struct Frame {
  std::span<const row::Cell> row;
  const Context& context;
  Arena& arena;
  bool failed = false;
  std::string error;

  /// Notes the first error; the value returned is of no meaning.
  row::Cell fail(std::string sentence) {
    if (!failed) error = std::move(sentence);
    failed = true;
    return {};
  }
  row::Cell text(std::string_view value) { return row::Cell::text(arena.copy(value)); }
  row::Cell decimal(const Decimal& number) { return row::Cell::view_of(row::CellKind::decimal_text, arena.copy(text_with_scale(number))); }
  row::Cell interval(const row::Interval& value) {
    auto* place = arena.allocate_array<row::Interval>(1);
    *place = value;
    row::Cell cell;
    cell.kind = row::CellKind::interval;
    cell.interval = place;
    return cell;
  }
};

class Node {
 public:
  virtual ~Node() = default;
  virtual row::Cell evaluate(Frame& frame) const = 0;
};
using NodePointer = std::unique_ptr<Node>;

row::Type type_of(row::TypeKind kind, std::string name = {});

bool is_number(row::CellKind kind);
bool is_integer(row::CellKind kind);
/// None for what is no number (or a uint64 beyond int64: see to_decimal).
std::optional<Decimal> to_decimal(const row::Cell& cell);
double to_real(const row::Cell& cell);

/// -1, 0, 1 under the C collation; numbers by value whatever their kinds; what cannot be compared is ordered by its kind.
/// Neither is NULL.
int compare_cells(const row::Cell& a, const row::Cell& b);

/// The text that `||` and templates use. False: the value has none (an infinite or broken one), and frame.failed is set.
bool append_piece(Frame& frame, const row::Cell& cell, const row::Type& type, Buffer& out);

}  // namespace itemize::expr
