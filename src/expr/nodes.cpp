#include "expr/nodes.h"

namespace itemize::expr {

using row::Cell;
using row::CellKind;

Cell CompareNode::evaluate(Frame& frame) const {
  const Cell left = left_->evaluate(frame);
  const Cell right = right_->evaluate(frame);
  if (frame.failed) return {};
  const bool distinct = comparison_ == Comparison::distinct || comparison_ == Comparison::not_distinct;
  if (left.is_null() || right.is_null()) {
    if (!distinct) return {};
    return Cell::boolean((left.is_null() != right.is_null()) == (comparison_ == Comparison::distinct));
  }
  const int order = compare_cells(left, right);
  switch (comparison_) {
    case Comparison::equal: case Comparison::not_distinct: return Cell::boolean(order == 0);
    case Comparison::unequal: case Comparison::distinct: return Cell::boolean(order != 0);
    case Comparison::less: return Cell::boolean(order < 0);
    case Comparison::less_or_equal: return Cell::boolean(order <= 0);
    case Comparison::greater: return Cell::boolean(order > 0);
    case Comparison::greater_or_equal: return Cell::boolean(order >= 0);
  }
  return {};
}

Cell LogicNode::evaluate(Frame& frame) const {
  if (connective_ == Connective::negation) {
    const Cell cell = arguments_.front()->evaluate(frame);
    return cell.is_null() || frame.failed ? Cell{} : Cell::boolean(cell.i == 0);
  }
  const bool decisive = connective_ == Connective::any;  // true decides OR, false decides AND
  bool unknown = false;
  for (const NodePointer& argument : arguments_) {
    const Cell cell = argument->evaluate(frame);
    if (frame.failed) return {};
    if (cell.is_null()) unknown = true;
    else if ((cell.i != 0) == decisive) return Cell::boolean(decisive);
  }
  return unknown ? Cell{} : Cell::boolean(!decisive);
}

Cell TestNode::evaluate(Frame& frame) const {
  const Cell cell = argument_->evaluate(frame);
  if (frame.failed) return {};
  bool result = cell.is_null();
  if (test_ == Test::is_true) result = !cell.is_null() && cell.i != 0;
  if (test_ == Test::is_false) result = !cell.is_null() && cell.i == 0;
  return Cell::boolean(result != negated_);
}

Cell CaseNode::evaluate(Frame& frame) const {
  for (const auto& [condition, result] : branches_) {
    const Cell cell = condition->evaluate(frame);
    if (frame.failed) return {};
    if (!cell.is_null() && cell.i != 0) return result->evaluate(frame);
  }
  return otherwise_ ? otherwise_->evaluate(frame) : Cell{};
}

Cell ChoiceNode::concatenated(Frame& frame) const {
  Buffer out;
  std::string separator;
  bool any = false;
  for (std::size_t index = 0; index < arguments_.size(); ++index) {
    const Cell cell = arguments_[index]->evaluate(frame);
    if (frame.failed) return {};
    if (choice_ == Choice::concat_ws && index == 0) {
      if (cell.is_null()) return {};
      separator = cell.view();
      continue;
    }
    if (cell.is_null()) continue;
    if (std::exchange(any, true)) out.append(separator);
    if (!append_cast_text(frame, cell, types_[index], out)) return {};
  }
  return frame.text(out.view());
}

Cell ChoiceNode::evaluate(Frame& frame) const {
  if (choice_ == Choice::concat || choice_ == Choice::concat_ws) return concatenated(frame);
  if (choice_ == Choice::nullif) {
    const Cell left = arguments_[0]->evaluate(frame);
    const Cell right = arguments_[1]->evaluate(frame);
    if (frame.failed) return {};
    return !left.is_null() && !right.is_null() && compare_cells(left, right) == 0 ? Cell{} : left;
  }
  Cell best;
  for (const NodePointer& argument : arguments_) {
    const Cell cell = argument->evaluate(frame);
    if (frame.failed) return {};
    if (cell.is_null()) continue;
    if (choice_ == Choice::coalesce) return cell;
    if (best.is_null() || (choice_ == Choice::greatest ? compare_cells(cell, best) > 0 : compare_cells(cell, best) < 0)) best = cell;
  }
  return best;
}

Cell ConcatenateNode::evaluate(Frame& frame) const {
  const Cell left = left_->evaluate(frame);
  const Cell right = right_->evaluate(frame);
  if (frame.failed || left.is_null() || right.is_null()) return {};
  Buffer out;
  if (!append_cast_text(frame, left, left_type_, out) || !append_cast_text(frame, right, right_type_, out)) return {};
  return frame.text(out.view());
}

}  // namespace itemize::expr
