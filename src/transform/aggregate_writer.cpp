// One value of all embedded rows: count, sum, min, max.
#include "expr/value.h"
#include "transform/item_builder.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;

/// What sum, min or max takes of one row.
Step ItemBuilder::value_of(const CompiledNested& nested, const Cell* row, Cell& value) {
  const auto result = nested.bound->of->evaluate(cells_of(nested, row), context_, arena_);
  if (result && result->kind != CellKind::invalid) {
    value = *result;
    return Step::written;
  }
  reject(result ? Reason::invalid_value : Reason::expression, result ? std::string(result->view()) : result.error().sentence);
  hide_values(nested.of_sensitive);
  return Step::rejected;
}

/// Exact, but for floating-point columns. NULLs do not count; NULL where nothing does.
Step ItemBuilder::sum(const CompiledNested& nested, const Rows& rows, Cell& value) {
  const row::TypeKind kind = nested.bound->of->type().kind;
  const bool is_real = kind == row::TypeKind::float32 || kind == row::TypeKind::float64;
  std::optional<Decimal> exact;
  std::optional<double> real;
  for (const Cell* row : rows) {
    Cell cell;
    if (value_of(nested, row, cell) == Step::rejected) return Step::rejected;
    if (cell.is_null()) continue;
    if (!expr::is_number(cell.kind)) return reject(Reason::type_mismatch, "sum: a value is not a number");
    if (is_real) {
      real = real.value_or(0) + expr::to_real(cell);
      continue;
    }
    const std::optional<Decimal> number = expr::to_decimal(cell);
    if (!number) return reject(Reason::invalid_value, "sum: a value could not be decoded");
    exact = exact ? add(*exact, *number) : *number;
  }
  if (real) value = Cell::real(CellKind::float64, *real);
  if (exact) value = Cell::view_of(CellKind::decimal_text, arena_.copy(text_with_scale(*exact)));
  return Step::written;
}

Step ItemBuilder::extreme(const CompiledNested& nested, const Rows& rows, Cell& value) {
  const int wanted = nested.bound->shape == model::Shape::min ? -1 : 1;
  for (const Cell* row : rows) {
    Cell cell;
    if (value_of(nested, row, cell) == Step::rejected) return Step::rejected;
    if (cell.is_null()) continue;
    const int order = value.is_null() ? wanted : expr::compare_cells(cell, value);
    if ((order < 0 ? -1 : order > 0 ? 1 : 0) == wanted) value = cell;
  }
  return Step::written;
}

Step ItemBuilder::aggregate(const CompiledNested& nested, const Rows& rows) {
  const model::Shape shape = nested.bound->shape;
  Cell value;
  if (shape == model::Shape::count)
    value = Cell::integer(static_cast<std::int64_t>(rows.size()));
  else if ((shape == model::Shape::sum ? sum(nested, rows, value) : extreme(nested, rows, value)) == Step::rejected)
    return Step::rejected;
  if (value.is_null()) return Step::absent;
  static const row::Type plain;
  const bool own = shape == model::Shape::min || shape == model::Shape::max;
  const Written written = write_value(value, own ? nested.bound->of->type() : plain, depth_, output_);
  if (written == Written::absent) return Step::absent;
  if (written == Written::value) return Step::written;
  output_.rejection.attribute.clear();
  hide_values(nested.of_sensitive);
  return Step::rejected;
}

}  // namespace itemize::transform
