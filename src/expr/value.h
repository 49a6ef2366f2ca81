// What evaluation works with: the row, an arena, and the first error.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/decimal.h"
#include "expr/program.h"
#include "row/cell.h"
#include "row/type.h"

namespace itemize::expr {

/// PostgreSQL's values are bounded by 1 GB; ours by far more than an item can hold, so that repeat('x', 2^31) is an error and no outage.
inline constexpr std::size_t longest_text = 4 * 1024 * 1024;
inline constexpr std::int64_t most_elements = 100'000;

struct Frame {
  std::span<const row::Cell> row;
  const Context& context;
  Arena& arena;
  Buffer& scratch;  ///< Texts are made at its end and copied to the arena; whoever appends truncates again.
  bool failed = false;
  std::string error;

  /// Notes the first error; the value returned is of no meaning.
  row::Cell fail(std::string sentence) {
    if (!failed) error = std::move(sentence);
    failed = true;
    return {};
  }
  row::Cell text(std::string_view value) { return bytes(row::CellKind::text, value); }
  row::Cell bytes(row::CellKind kind, std::string_view value) {
    if (value.size() > longest_text) return fail("the value is longer than 4 MB");
    return row::Cell::view_of(kind, arena.copy(value));
  }
  row::Cell decimal(const Decimal& number) { return row::Cell::view_of(row::CellKind::decimal_text, arena.copy(text_with_scale(number))); }
  row::Cell interval(const row::Interval& value) {
    auto* place = arena.allocate_array<row::Interval>(1);
    *place = value;
    row::Cell cell;
    cell.kind = row::CellKind::interval;
    cell.interval = place;
    return cell;
  }
  row::Cell array(std::span<const row::Cell> elements) {
    auto* place = arena.allocate_array<row::Cell>(elements.size());
    std::copy(elements.begin(), elements.end(), place);
    return row::Cell::nested(row::CellKind::array, place, elements.size());
  }
  /// What was appended to `scratch` since `begin`, as a text of the arena; the scratch is as before.
  row::Cell take(std::size_t begin, row::CellKind kind = row::CellKind::text) {
    const row::Cell cell = failed ? row::Cell{} : bytes(kind, scratch.view(begin, scratch.size() - begin));
    scratch.truncate(begin);
    return cell;
  }
};

/// A part of a compiled expression. Immutable; many threads may evaluate it, each with its own Frame.
class Node {
 public:
  virtual ~Node() = default;
  /// The value; NULL is Cell{}, and so is what comes back when the frame has failed.
  virtual row::Cell evaluate(Frame& frame) const = 0;
  /// The value's text as templates write it, appended to `out`. False: NULL or failed, and nothing of meaning was appended.
  virtual bool append(Frame& frame, const row::Type& type, Buffer& out) const;
  /// The value where it is the same for every row.
  virtual const row::Cell* constant() const { return nullptr; }
};
using NodePointer = std::unique_ptr<Node>;

bool is_number(row::CellKind kind);
/// None for what is no number.
std::optional<Decimal> to_decimal(const row::Cell& cell);
double to_real(const row::Cell& cell);

/// -1, 0, 1 under the C collation; numbers by value whatever their kinds; what cannot be compared is ordered by its kind.
/// Neither is NULL.
int compare_cells(const row::Cell& a, const row::Cell& b);

/// The text that templates use. False: the value has none (an infinite or broken one), and frame.failed is set.
bool append_piece(Frame& frame, const row::Cell& cell, const row::Type& type, Buffer& out);

/// Microseconds since 1970 of a date, timestamp or timestamptz; infinities stay what they are, as do dates too far away.
std::int64_t microseconds_of(const row::Cell& cell);
bool is_infinite_time(const row::Cell& cell);

}  // namespace itemize::expr
