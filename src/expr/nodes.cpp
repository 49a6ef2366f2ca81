#include "expr/nodes.h"

#include <array>

namespace itemize::expr {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;

std::uint32_t kinds_of(const Type& type) {
  const auto set = [](auto... kinds) {
    return (1U << static_cast<unsigned>(CellKind::null)) | (... | (1U << static_cast<unsigned>(kinds)));
  };
  switch (sql_of(type)) {
    case Sql::boolean:
      return set(CellKind::boolean);
    case Sql::int2:
    case Sql::int4:
    case Sql::int8:
      return set(CellKind::int64);
    case Sql::uint8:
      return set(CellKind::int64, CellKind::uint64);
    case Sql::numeric:
      return set(CellKind::decimal_text, CellKind::decimal_wire);
    case Sql::float4:
      return set(CellKind::float32);
    case Sql::float8:
      return set(CellKind::float64);
    case Sql::text:
    case Sql::bpchar:
    case Sql::enumeration:
      return set(CellKind::text);
    case Sql::uuid:
      return set(CellKind::uuid);
    case Sql::bytea:
      return set(CellKind::bytes);
    case Sql::date:
      return set(CellKind::date);
    case Sql::time:
      return set(CellKind::time);
    case Sql::timetz:
      return set(CellKind::time_tz);
    case Sql::timestamp:
      return set(CellKind::timestamp);
    case Sql::timestamptz:
      return set(CellKind::timestamp_tz);
    case Sql::interval:
      return set(CellKind::interval);
    case Sql::json:
    case Sql::jsonb:
      return set(CellKind::json);
    case Sql::bit:
      return set(CellKind::bits);
    case Sql::array:
      return set(CellKind::array);
    default:
      return ~(1U << static_cast<unsigned>(CellKind::invalid));
  }
}

Cell PathNode::evaluate(Frame& frame) const {
  const Cell& way = frame.row[slot_];
  if (way.kind == CellKind::invalid) return frame.fail(std::string(way.view()));
  if (way.kind != CellKind::array) return frame.fail("the way to the root is not known");
  std::vector<Cell> cells;
  for (const Cell& row : way.children()) {
    Frame inner{row.children(), frame.context, frame.arena, frame.scratch, false, {}};
    cells.push_back(field_.evaluate(inner));
    if (inner.failed) return frame.fail(std::move(inner.error));
  }
  cells.push_back(own_.evaluate(frame));
  return frame.failed ? Cell{} : frame.array(cells);
}

Cell ColumnNode::other_kind(Frame& frame, const Cell& cell) const {
  if (cell.kind == CellKind::invalid) return frame.fail(std::string(cell.view()));
  if (cell.kind == CellKind::uint64 && type_.kind == TypeKind::integer && cell.i >= 0) return Cell::integer(cell.i);
  return cast_cell(frame, cell, type_from(Sql::dynamic), type_);
}

bool CastNode::append(Frame& frame, const Type& type, Buffer& out) const {
  if (to_.kind != TypeKind::text || to_.length > 0) return Node::append(frame, type, out);
  const Cell cell = argument_->evaluate(frame);
  return !frame.failed && !cell.is_null() && append_cast_text(frame, cell, from_, out);
}

bool CallNode::evaluate_arguments(Frame& frame, std::span<Cell> cells) const {
  // All of them, as PostgreSQL does: what is wrong with the second is said though the first is NULL.
  bool null = false;
  for (std::size_t index = 0; index < arguments_.size(); ++index) {
    cells[index] = arguments_[index]->evaluate(frame);
    if (frame.failed) return false;
    null = null || cells[index].is_null();
  }
  return !null || function_.sees_nulls;
}

/// Calls use(call) with the arguments' values; what the function prepares of an argument that is no literal is prepared for each row.
template <class Use>
Cell CallNode::with_arguments(Frame& frame, Use use) const {
  std::array<Cell, 8> few;
  std::vector<Cell> many(arguments_.size() > few.size() ? arguments_.size() : 0);
  const std::span<Cell> cells(many.empty() ? few.data() : many.data(), arguments_.size());
  if (!evaluate_arguments(frame, cells)) return {};
  Call call{cells, types_, result_, prepared_.get()};
  if (function_.prepare == nullptr || prepared_ != nullptr) return use(call);
  std::vector<std::string_view> literals;
  for (const std::size_t index : function_.literals) literals.push_back(cells[index].view());
  const Prepared made = function_.prepare(literals);
  if (!made) return frame.fail(made.error());
  call.prepared = made->get();
  return use(call);
}

Cell CallNode::evaluate(Frame& frame) const {
  return with_arguments(frame, [&](const Call& call) {
    if (function_.run != nullptr) return function_.run(frame, call);
    const std::size_t begin = frame.scratch.size();
    function_.write(frame, call, frame.scratch);
    return frame.take(begin);
  });
}

bool CallNode::append(Frame& frame, const Type& type, Buffer& out) const {
  if (function_.write == nullptr) return Node::append(frame, type, out);
  bool appended = false;
  with_arguments(frame, [&](const Call& call) {
    function_.write(frame, call, out);
    appended = !frame.failed;
    return Cell{};
  });
  return appended;
}

Cell Comparison::apply(Frame& frame, Cell left, const Cell& right) const {
  if (left.is_null() || right.is_null()) {
    if (sign != Sign::distinct && sign != Sign::not_distinct) return {};
    return Cell::boolean((left.is_null() != right.is_null()) == (sign == Sign::distinct));
  }
  if (cast_left) {
    left = cast_cell(frame, left, cast_left->first, cast_left->second);
    if (frame.failed) return {};
  }
  const int result = order(left, right);
  switch (sign) {
    case Sign::equal:
    case Sign::not_distinct:
      return Cell::boolean(result == 0);
    case Sign::unequal:
    case Sign::distinct:
      return Cell::boolean(result != 0);
    case Sign::less:
      return Cell::boolean(result < 0);
    case Sign::less_or_equal:
      return Cell::boolean(result <= 0);
    case Sign::greater:
      return Cell::boolean(result > 0);
    case Sign::greater_or_equal:
      return Cell::boolean(result >= 0);
  }
  return {};
}

Cell CompareNode::evaluate(Frame& frame) const {
  const Cell left = left_->evaluate(frame);
  if (frame.failed) return {};
  const Cell right = right_->evaluate(frame);
  return frame.failed ? Cell{} : comparison_.apply(frame, left, right);
}

Cell MembershipNode::evaluate(Frame& frame) const {
  const Cell subject = subject_->evaluate(frame);
  bool unknown = false;
  for (const auto& [comparison, operand] : tests_) {
    if (frame.failed) return {};
    const Cell right = operand->evaluate(frame);
    if (frame.failed) return {};
    const Cell result = comparison.apply(frame, subject, right);
    if (result.is_null())
      unknown = true;
    else if ((result.i != 0) == any_)
      return Cell::boolean(any_);
  }
  return unknown || frame.failed ? Cell{} : Cell::boolean(!any_);
}

Cell ArrayComparisonNode::evaluate(Frame& frame) const {
  const Cell left = left_->evaluate(frame);
  const Cell array = frame.failed ? Cell{} : array_->evaluate(frame);
  if (frame.failed || array.is_null()) return {};
  bool unknown = false;
  bool decided = false;
  const auto visit = [&](const auto& self, const Cell& cells) -> void {
    for (const Cell& cell : cells.children()) {
      if (decided || frame.failed) return;
      if (cell.kind == CellKind::array) {
        self(self, cell);
        continue;
      }
      const Cell result = comparison_.apply(frame, left, cell);
      if (result.is_null())
        unknown = true;
      else
        decided = (result.i != 0) == any_;
    }
  };
  visit(visit, array);
  if (frame.failed) return {};
  if (decided) return Cell::boolean(any_);
  return unknown ? Cell{} : Cell::boolean(!any_);
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
    if (cell.is_null())
      unknown = true;
    else if ((cell.i != 0) == decisive)
      return Cell::boolean(decisive);
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
  const Cell subject = subject_ ? subject_->evaluate(frame) : Cell{};
  if (frame.failed) return {};
  for (const Branch& branch : branches_) {
    Cell cell = branch.when->evaluate(frame);
    if (!frame.failed && subject_) cell = branch.comparison.apply(frame, subject, cell);
    if (frame.failed) return {};
    if (!cell.is_null() && cell.i != 0) return branch.then->evaluate(frame);
  }
  return otherwise_ ? otherwise_->evaluate(frame) : Cell{};
}

Cell CoalesceNode::evaluate(Frame& frame) const {
  for (const NodePointer& argument : arguments_) {
    const Cell cell = argument->evaluate(frame);
    if (frame.failed) return {};
    if (!cell.is_null()) return cell;
  }
  return {};
}

Cell ExtremeNode::evaluate(Frame& frame) const {
  Cell best;
  for (const NodePointer& argument : arguments_) {
    const Cell cell = argument->evaluate(frame);
    if (frame.failed) return {};
    if (cell.is_null()) continue;
    if (best.is_null() || (greatest_ ? order_(cell, best) > 0 : order_(cell, best) < 0)) best = cell;
  }
  return best;
}

Cell NullifNode::evaluate(Frame& frame) const {
  const Cell left = left_->evaluate(frame);
  const Cell right = frame.failed ? Cell{} : right_->evaluate(frame);
  if (frame.failed) return {};
  const Cell same = comparison_.apply(frame, left, right);
  return !same.is_null() && same.i != 0 ? Cell{} : left;
}

Cell ArrayNode::evaluate(Frame& frame) const {
  std::vector<Cell> cells;
  cells.reserve(elements_.size());
  for (const NodePointer& element : elements_) {
    cells.push_back(element->evaluate(frame));
    if (frame.failed) return {};
  }
  return frame.array(cells);
}

namespace {

int sign_of(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

int compare_integers(const Cell& a, const Cell& b) {
  if (a.kind == CellKind::int64 && b.kind == CellKind::int64) [[likely]]
    return a.i < b.i ? -1 : a.i > b.i ? 1 : 0;
  return compare_cells(a, b);
}
int compare_texts(const Cell& a, const Cell& b) { return sign_of(a.view().compare(b.view())); }
int compare_padded(const Cell& a, const Cell& b) {
  const auto cut = [](std::string_view text) {
    const std::size_t last = text.find_last_not_of(' ');
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
  };
  return sign_of(cut(a.view()).compare(cut(b.view())));
}

}  // namespace

Comparator comparator_of(Sql type) {
  switch (type) {
    case Sql::int2:
    case Sql::int4:
    case Sql::int8:
      return compare_integers;
    case Sql::text:
    case Sql::enumeration:
    case Sql::bytea:
      return compare_texts;
    case Sql::bpchar:
      return compare_padded;
    default:
      return compare_cells;
  }
}

}  // namespace itemize::expr
