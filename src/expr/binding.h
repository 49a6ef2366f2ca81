// The binder's class: one method a kind of node of PostgreSQL's parse tree. Private to the binder's files.
#pragma once

#include "base/json.h"
#include "expr/binder.h"
#include "expr/nodes.h"
#include "expr/syntax.h"

namespace itemize::expr {

class Binder {
 public:
  /// `words`: where a lookup's name stands that the tree has with another first letter (with_readable_lookups()).
  Binder(std::string_view text, const BindContext& context, std::vector<std::size_t> words)
      : text_(text), context_(context), words_(std::move(words)) {}

  std::optional<Bound> bind(const json::Value& tree);

 private:
  // binder.cpp: names, literals, casts, conditions
  std::optional<Bound> wrong(std::size_t offset, std::string message, std::string hint = {});
  std::size_t offset_of(const json::Value& node) const;
  std::optional<Bound> column(const json::Value& node);
  /// The fields of a ColumnRef joined by dots; none where one is `*`.
  std::optional<std::string> name_of(const json::Value& node) const;
  std::optional<Bound> constant(const json::Value& node);
  std::optional<Bound> number(const json::Value& node);
  std::optional<Bound> cast(const json::Value& node);
  std::optional<Bound> logic(const json::Value& node);
  std::optional<Bound> null_test(const json::Value& node);
  std::optional<Bound> boolean_test(const json::Value& node);
  std::optional<Bound> value_function(const json::Value& node);
  std::optional<Bound> collation(const json::Value& node);
  std::optional<std::vector<Bound>> bind_list(const json::Value* list);
  std::optional<Bound> condition(const json::Value& tree, const char* where);
  /// The NULL that an operation with a literal NULL comes to, whatever the row.
  std::optional<Bound> always_null(const row::Type& type, std::size_t offset);
  /// A call whose arguments are all constants, evaluated now.
  std::optional<Bound> folded(Bound call);
  /// The same where they are; else the call as it is.
  std::optional<Bound> folded_if(bool constant, Bound call) { return constant ? folded(std::move(call)) : std::optional(std::move(call)); }
  /// Casts; a literal of unknown type, and every constant, now.
  std::optional<Bound> to_type(Bound bound, const row::Type& type);
  /// One type for all: literals follow the others, numbers widen.
  bool unify(std::vector<Bound>& bounds, std::size_t offset, const char* what);

  // bind_operators.cpp: comparisons, membership, CASE and the like
  std::optional<Bound> operation(const json::Value& node);
  std::optional<Bound> between(const json::Value& node, std::string_view kind);
  std::optional<Bound> membership(const json::Value& node);
  std::optional<Bound> array_comparison(const json::Value& node, bool any);
  std::optional<Bound> matching(const json::Value& node, const std::string& kind, std::string sign);
  std::optional<Bound> case_expression(const json::Value& node);
  std::optional<Bound> coalesce(const json::Value& node);
  std::optional<Bound> extreme(const json::Value& node);
  std::optional<Bound> array(const json::Value& node);
  std::optional<Bound> indirection(const json::Value& node);
  /// How the two compare; `right` is cast, `left` only where it is not shared with other comparisons.
  std::optional<Comparison> plan_comparison(Comparison::Sign sign, Bound& left, Bound& right, std::size_t offset, bool left_is_shared);
  std::optional<Bound> comparison(Comparison::Sign sign, Bound left, Bound right, std::size_t offset);
  std::optional<Comparator> ordered(std::vector<Bound>& bounds, std::size_t offset, const char* what);

  // bind_calls.cpp: functions and the other operators
  std::optional<Bound> function_call(const json::Value& node);
  std::optional<Bound> call(const std::string& name, std::vector<Bound> arguments, std::size_t offset, bool is_operator);
  std::optional<Bound> no_function(const std::string& name, const std::vector<Bound>& arguments, std::size_t offset, bool is_operator,
                                   bool ambiguous);
  std::optional<Bound> build_call(const Function& function, std::vector<Bound> arguments, std::size_t offset);
  std::optional<std::shared_ptr<const void>> prepare(const Function& function, const std::vector<Bound>& arguments);
  std::optional<Bound> row_hash_of_all(std::size_t offset);
  /// path(root, column): not a function of the table, because its first argument is no value.
  std::optional<Bound> path(const json::Value& node, std::size_t offset);

  /// The value of an A_Const's ival at `offset`.
  std::int64_t whole_number(const json::Value& ival, std::size_t offset) const;

  std::string_view text_;
  const BindContext& context_;
  std::vector<std::size_t> words_;
  std::size_t last_offset_ = 0;
};

/// The name of an operator or function, without its schema.
std::string last_name(const json::Value* names);
/// What a literal is called in messages.
std::string described(const Bound& bound);
Bound boolean_result(NodePointer node, std::size_t offset);

}  // namespace itemize::expr
