// The nodes of a compiled expression.
#pragma once

#include <utility>

#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/value.h"

namespace itemize::expr {

class ColumnNode : public Node {
 public:
  explicit ColumnNode(std::size_t slot) : slot_(slot) {}
  row::Cell evaluate(Frame& frame) const override {
    const row::Cell& cell = frame.row[slot_];
    return cell.kind == row::CellKind::invalid ? frame.fail(std::string(cell.view())) : cell;
  }

 private:
  std::size_t slot_;
};

/// A literal, already of its type. Owns its bytes.
class ConstantNode : public Node {
 public:
  ConstantNode(row::Cell cell, std::unique_ptr<Arena> storage) : cell_(cell), storage_(std::move(storage)) {}
  row::Cell evaluate(Frame&) const override { return cell_; }

 private:
  row::Cell cell_;
  std::unique_ptr<Arena> storage_;
};

class CastNode : public Node {
 public:
  CastNode(NodePointer argument, row::Type from, row::Type to) : argument_(std::move(argument)), from_(std::move(from)), to_(std::move(to)) {}
  row::Cell evaluate(Frame& frame) const override {
    const row::Cell cell = argument_->evaluate(frame);
    return cell.is_null() || frame.failed ? cell : cast_cell(frame, cell, from_, to_);
  }

 private:
  NodePointer argument_;
  row::Type from_;
  row::Type to_;
};

/// A function of the table; NULL where an argument is NULL.
class CallNode : public Node {
 public:
  CallNode(const Function& function, std::vector<NodePointer> arguments, std::vector<row::Type> types)
      : function_(function), arguments_(std::move(arguments)), types_(std::move(types)) {}
  row::Cell evaluate(Frame& frame) const override {
    row::Cell cells[8];
    for (std::size_t index = 0; index < arguments_.size(); ++index) {
      cells[index] = arguments_[index]->evaluate(frame);
      if (frame.failed || cells[index].is_null()) return {};
    }
    return function_.run(frame, {cells, arguments_.size()}, types_);
  }

 private:
  const Function& function_;
  std::vector<NodePointer> arguments_;
  std::vector<row::Type> types_;
};

enum class Comparison : std::uint8_t { equal, unequal, less, less_or_equal, greater, greater_or_equal, distinct, not_distinct };

class CompareNode : public Node {
 public:
  CompareNode(Comparison comparison, NodePointer left, NodePointer right) : comparison_(comparison), left_(std::move(left)), right_(std::move(right)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  Comparison comparison_;
  NodePointer left_;
  NodePointer right_;
};

enum class Connective : std::uint8_t { all, any, negation };

/// AND, OR, NOT with three-valued logic; what decides the result ends the evaluation.
class LogicNode : public Node {
 public:
  LogicNode(Connective connective, std::vector<NodePointer> arguments) : connective_(connective), arguments_(std::move(arguments)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  Connective connective_;
  std::vector<NodePointer> arguments_;
};

/// IS [NOT] NULL / TRUE / FALSE / UNKNOWN.
class TestNode : public Node {
 public:
  enum class Test : std::uint8_t { null, is_true, is_false };
  TestNode(Test test, bool negated, NodePointer argument) : test_(test), negated_(negated), argument_(std::move(argument)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  Test test_;
  bool negated_;
  NodePointer argument_;
};

/// CASE: the result of the first condition that is true, else the last (NULL where there is none).
class CaseNode : public Node {
 public:
  CaseNode(std::vector<std::pair<NodePointer, NodePointer>> branches, NodePointer otherwise) : branches_(std::move(branches)), otherwise_(std::move(otherwise)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  std::vector<std::pair<NodePointer, NodePointer>> branches_;
  NodePointer otherwise_;
};

/// COALESCE, GREATEST, LEAST, NULLIF, concat: functions that see NULLs.
class ChoiceNode : public Node {
 public:
  enum class Choice : std::uint8_t { coalesce, greatest, least, nullif, concat, concat_ws };
  ChoiceNode(Choice choice, std::vector<NodePointer> arguments, std::vector<row::Type> types)
      : choice_(choice), arguments_(std::move(arguments)), types_(std::move(types)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  row::Cell concatenated(Frame& frame) const;
  Choice choice_;
  std::vector<NodePointer> arguments_;
  std::vector<row::Type> types_;
};

/// a || b, as text.
class ConcatenateNode : public Node {
 public:
  ConcatenateNode(NodePointer left, row::Type left_type, NodePointer right, row::Type right_type)
      : left_(std::move(left)), right_(std::move(right)), left_type_(std::move(left_type)), right_type_(std::move(right_type)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  NodePointer left_;
  NodePointer right_;
  row::Type left_type_;
  row::Type right_type_;
};

}  // namespace itemize::expr
