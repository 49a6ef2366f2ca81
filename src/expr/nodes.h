// The nodes of a compiled expression.
#pragma once

#include <utility>

#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/value.h"

namespace itemize::expr {

/// The cell kinds that a value of this type has within expressions, as a set of bits. Sources may be looser (SQLite).
std::uint32_t kinds_of(const row::Type& type);

class ColumnNode : public Node {
 public:
  ColumnNode(std::size_t slot, row::Type type) : slot_(slot), kinds_(kinds_of(type)), type_(std::move(type)) {}
  row::Cell evaluate(Frame& frame) const override {
    const row::Cell& cell = frame.row[slot_];
    if ((kinds_ >> static_cast<unsigned>(cell.kind) & 1U) != 0) [[likely]]
      return cell;
    return other_kind(frame, cell);
  }

 private:
  /// A value that its column's type does not promise: converted, or an error.
  row::Cell other_kind(Frame& frame, const row::Cell& cell) const;
  std::size_t slot_;
  std::uint32_t kinds_;
  row::Type type_;
};

/// path(root, column): one column of every row from the root of a recursive lookup down to the row itself.
class PathNode : public Node {
 public:
  PathNode(std::size_t slot, ColumnNode field, ColumnNode own) : slot_(slot), field_(std::move(field)), own_(std::move(own)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  std::size_t slot_;  ///< Of the array of composites.
  ColumnNode field_;  ///< Within a composite.
  ColumnNode own_;
};

/// A literal, already of its type. Owns its bytes.
class ConstantNode : public Node {
 public:
  ConstantNode(row::Cell cell, std::unique_ptr<Arena> storage) : cell_(cell), storage_(std::move(storage)) {}
  row::Cell evaluate(Frame&) const override { return cell_; }
  const row::Cell* constant() const override { return &cell_; }

 private:
  row::Cell cell_;
  std::unique_ptr<Arena> storage_;
};

class CastNode : public Node {
 public:
  CastNode(NodePointer argument, row::Type from, row::Type to)
      : argument_(std::move(argument)), from_(std::move(from)), to_(std::move(to)) {}
  row::Cell evaluate(Frame& frame) const override {
    const row::Cell cell = argument_->evaluate(frame);
    return cell.is_null() || frame.failed ? row::Cell{} : cast_cell(frame, cell, from_, to_);
  }
  bool append(Frame& frame, const row::Type& type, Buffer& out) const override;

 private:
  NodePointer argument_;
  row::Type from_;
  row::Type to_;
};

/// A function of the table.
class CallNode : public Node {
 public:
  CallNode(const Function& function, std::vector<NodePointer> arguments, std::vector<row::Type> types, row::Type result,
           std::shared_ptr<const void> prepared)
      : function_(function),
        arguments_(std::move(arguments)),
        types_(std::move(types)),
        result_(std::move(result)),
        prepared_(std::move(prepared)) {}
  row::Cell evaluate(Frame& frame) const override;
  bool append(Frame& frame, const row::Type& type, Buffer& out) const override;

 private:
  /// False: an argument is NULL, or the frame has failed.
  bool evaluate_arguments(Frame& frame, std::span<row::Cell> cells) const;
  template <class Use>
  row::Cell with_arguments(Frame& frame, Use use) const;

  const Function& function_;
  std::vector<NodePointer> arguments_;
  std::vector<row::Type> types_;
  row::Type result_;
  std::shared_ptr<const void> prepared_;
};

/// A value that other nodes use without owning it alone.
class SharedNode : public Node {
 public:
  explicit SharedNode(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  row::Cell evaluate(Frame& frame) const override { return node_->evaluate(frame); }
  const row::Cell* constant() const override { return node_->constant(); }

 private:
  std::shared_ptr<const Node> node_;
};

using Comparator = int (*)(const row::Cell&, const row::Cell&);
/// The order of values of this type (both operands').
Comparator comparator_of(Sql type);

/// How two operands are compared: each is cast (or left as it is), then ordered.
struct Comparison {
  enum class Sign : std::uint8_t { equal, unequal, less, less_or_equal, greater, greater_or_equal, distinct, not_distinct };
  Sign sign = Sign::equal;
  Comparator order = nullptr;
  /// Set where the left operand is still of another type: a subject that several comparisons share is cast for each.
  std::optional<std::pair<row::Type, row::Type>> cast_left;

  /// True, false, or NULL.
  row::Cell apply(Frame& frame, row::Cell left, const row::Cell& right) const;
};

class CompareNode : public Node {
 public:
  CompareNode(Comparison comparison, NodePointer left, NodePointer right)
      : comparison_(std::move(comparison)), left_(std::move(left)), right_(std::move(right)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  Comparison comparison_;
  NodePointer left_;
  NodePointer right_;
};

/// One subject against several operands: IN, BETWEEN.
class MembershipNode : public Node {
 public:
  /// any: true where one comparison is (IN); all: true where every one is (NOT IN, BETWEEN).
  MembershipNode(bool any, NodePointer subject, std::vector<std::pair<Comparison, NodePointer>> tests)
      : any_(any), subject_(std::move(subject)), tests_(std::move(tests)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  bool any_;
  NodePointer subject_;
  std::vector<std::pair<Comparison, NodePointer>> tests_;
};

/// x = ANY (array), x <> ALL (array).
class ArrayComparisonNode : public Node {
 public:
  ArrayComparisonNode(bool any, Comparison comparison, NodePointer left, NodePointer array)
      : any_(any), comparison_(std::move(comparison)), left_(std::move(left)), array_(std::move(array)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  bool any_;
  Comparison comparison_;
  NodePointer left_;
  NodePointer array_;
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

/// CASE: the result of the first branch whose condition is true (or whose value equals the subject), else the last.
class CaseNode : public Node {
 public:
  struct Branch {
    NodePointer when;
    Comparison comparison;  ///< Where there is a subject.
    NodePointer then;
  };
  CaseNode(NodePointer subject, std::vector<Branch> branches, NodePointer otherwise)
      : subject_(std::move(subject)), branches_(std::move(branches)), otherwise_(std::move(otherwise)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  NodePointer subject_;  ///< May be null.
  std::vector<Branch> branches_;
  NodePointer otherwise_;  ///< May be null: NULL.
};

class CoalesceNode : public Node {
 public:
  explicit CoalesceNode(std::vector<NodePointer> arguments) : arguments_(std::move(arguments)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  std::vector<NodePointer> arguments_;
};

/// GREATEST, LEAST: NULLs do not count.
class ExtremeNode : public Node {
 public:
  ExtremeNode(bool greatest, Comparator order, std::vector<NodePointer> arguments)
      : greatest_(greatest), order_(order), arguments_(std::move(arguments)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  bool greatest_;
  Comparator order_;
  std::vector<NodePointer> arguments_;
};

class NullifNode : public Node {
 public:
  NullifNode(Comparison comparison, NodePointer left, NodePointer right)
      : comparison_(std::move(comparison)), left_(std::move(left)), right_(std::move(right)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  Comparison comparison_;
  NodePointer left_;
  NodePointer right_;
};

/// ARRAY[...]
class ArrayNode : public Node {
 public:
  explicit ArrayNode(std::vector<NodePointer> elements) : elements_(std::move(elements)) {}
  row::Cell evaluate(Frame& frame) const override;

 private:
  std::vector<NodePointer> elements_;
};

}  // namespace itemize::expr
