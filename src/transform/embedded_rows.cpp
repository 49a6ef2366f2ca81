// Which rows of an embed are wanted, and in which order.
#include <algorithm>

#include "expr/value.h"
#include "transform/item_builder.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;

/// written where the row at hand is to be embedded.
Step ItemBuilder::is_wanted(const CompiledNested& nested) {
  const model::BoundNested& bound = *nested.bound;
  if (const Step step = check_ways(bound.ways); step != Step::written) return step;
  if (bound.found_slot && row_[*bound.found_slot].is_null()) return Step::absent;
  return bound.where ? wanted(*bound.where, nested.where_sensitive) : Step::written;
}

Step ItemBuilder::find_rows(const CompiledNested& nested, Rows& rows) {
  const model::BoundNested& bound = *nested.bound;
  const Cell& cell = row_[bound.slot];
  if (cell.kind == CellKind::invalid) return reject(Reason::embed_overflow, std::string(cell.view()));
  if (cell.kind != CellKind::array) return reject(Reason::relation, "the related rows were not read");
  rows.reserve(cell.size);
  for (const Cell& child : cell.children()) {
    const Step step = with_row(child.children(), [&] { return is_wanted(nested); });
    if (step == Step::rejected) return step;
    if (step == Step::written) rows.push_back(child.cells);
  }
  if (!bound.order.empty()) sort_rows(nested, rows);
  return Step::written;
}

/// As PostgreSQL sorts: NULL is above all values. Texts compare bytewise, as in expressions.
void ItemBuilder::sort_rows(const CompiledNested& nested, Rows& rows) const {
  const std::vector<model::BoundOrder>& order = nested.bound->order;
  const auto before = [&order](const Cell* a, const Cell* b) {
    for (const model::BoundOrder& term : order) {
      const Cell& left = a[term.slot];
      const Cell& right = b[term.slot];
      const int result = left.is_null() || right.is_null() ? int{left.is_null()} - int{right.is_null()} : expr::compare_cells(left, right);
      if (result != 0) return (result < 0) != term.descending;
    }
    return false;
  };
  // Mostly they come in the order of their key, which is often the one that is wanted.
  if (!std::ranges::is_sorted(rows, before)) std::ranges::stable_sort(rows, before);
}

}  // namespace itemize::transform
