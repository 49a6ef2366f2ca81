#include "expr/binder.h"

#include <algorithm>
#include <charconv>

#include "base/closest.h"
#include "expr/binding.h"
#include "expr/piece_facts.h"
#include "expr/resolve.h"
#include "expr/text_basics.h"

namespace itemize::expr {

using row::Cell;
using row::Type;
using row::TypeKind;

std::string last_name(const json::Value* names) {
  std::string name;
  if (names == nullptr || names->array() == nullptr) return name;
  for (const json::Value& part : *names->array())
    if (const json::Value* text = part.find("String")) name = text->text("sval");
  return name;
}

std::string described(const Bound& bound) { return bound.unknown ? (bound.is_null ? "NULL" : "a literal") : bound.type.name; }

Bound boolean_result(NodePointer node, std::size_t offset) {
  Bound bound;
  bound.node = std::move(node);
  bound.type = type_from(Sql::boolean);
  bound.offset = offset;
  bound.widest = 5;
  bound.facts = facts_of_result(bound.type);
  return bound;
}

std::optional<Bound> Binder::wrong(std::size_t offset, std::string message, std::string hint) {
  context_.diagnostics.push_back({offset, std::move(message), std::move(hint)});
  return std::nullopt;
}

std::size_t Binder::offset_of(const json::Value& node) const {
  const std::int64_t location = node.integer("location", -1);
  return location >= static_cast<std::int64_t>(Syntax::location_shift) ? static_cast<std::size_t>(location) - Syntax::location_shift
                                                                       : last_offset_;
}

std::optional<Bound> Binder::bind(const json::Value& tree) {
  if (tree.object() == nullptr || tree.object()->size() != 1) return wrong(last_offset_, "this expression is not supported");
  const auto& [kind, node] = tree.object()->front();
  if (node.find("location") != nullptr) last_offset_ = offset_of(node);
  if (kind == "ColumnRef") return column(node);
  if (kind == "A_Const") return constant(node);
  if (kind == "TypeCast") return cast(node);
  if (kind == "A_Expr") return operation(node);
  if (kind == "BoolExpr") return logic(node);
  if (kind == "NullTest") return null_test(node);
  if (kind == "BooleanTest") return boolean_test(node);
  if (kind == "CaseExpr") return case_expression(node);
  if (kind == "FuncCall") return function_call(node);
  if (kind == "CoalesceExpr") return coalesce(node);
  if (kind == "MinMaxExpr") return extreme(node);
  if (kind == "A_ArrayExpr") return array(node);
  if (kind == "A_Indirection") return indirection(node);
  if (kind == "SQLValueFunction") return value_function(node);
  if (kind == "CollateClause") return collation(node);
  if (kind == "SubLink") return wrong(last_offset_, "a subquery has no place in an expression");
  if (kind == "ParamRef") return wrong(last_offset_, "parameters ($1) have no place in an expression");
  if (kind == "RowExpr") return wrong(last_offset_, "rows (a, b) are not supported", "compare column by column, joined with AND");
  if (kind == "NamedArgExpr") return wrong(last_offset_, "arguments by name are not supported", "give them in their order");
  return wrong(last_offset_, "this kind of expression (" + kind + ") is not supported");
}

std::optional<std::string> Binder::name_of(const json::Value& node) const {
  std::string name;
  for (const json::Value& field : *node.find("fields")->array()) {
    const json::Value* text = field.find("String");
    if (text == nullptr) return std::nullopt;
    name += (name.empty() ? "" : ".") + text->text("sval");
  }
  const std::size_t offset = offset_of(node);
  if (!name.empty() && std::ranges::find(words_, offset) != words_.end()) name[0] = text_[offset];
  return name;
}

std::optional<Bound> Binder::column(const json::Value& node) {
  const std::optional<std::string> written = name_of(node);
  if (!written) return wrong(last_offset_, "* has no place in an expression");
  const std::string& name = *written;
  if (std::optional<Bound> bound = bind_name(name, context_)) {
    bound->offset = last_offset_;
    return bound;
  }
  std::vector<std::string> same;
  std::vector<std::string> names;
  for (const Name& each : context_.scope.names) {
    names.push_back(each.text);
    if (map_case(each.text, false) == map_case(name, false)) same.push_back(each.text);
  }
  if (same.size() > 1)
    return wrong(last_offset_, "'" + name + "' could be '" + same[0] + "' or '" + same[1] + "'",
                 "write it exactly, in double quotes: \"" + same[0] + "\"");
  const std::string near = closest(name, names);
  return wrong(last_offset_, "there is no column '" + name + "'", near.empty() ? "" : "did you mean '" + near + "'?");
}

std::optional<std::vector<Bound>> Binder::bind_list(const json::Value* list) {
  std::vector<Bound> bounds;
  bool good = true;
  if (list != nullptr && list->array() != nullptr) {
    for (const json::Value& each : *list->array()) {
      std::optional<Bound> bound = bind(each);
      good = good && bound.has_value();
      if (bound) bounds.push_back(*std::move(bound));
    }
  }
  return good ? std::optional(std::move(bounds)) : std::nullopt;
}

std::optional<Bound> Binder::condition(const json::Value& tree, const char* where) {
  std::optional<Bound> bound = bind(tree);
  if (!bound) return std::nullopt;
  if (bound->unknown || bound->type.kind == TypeKind::dynamic) return to_type(*std::move(bound), type_from(Sql::boolean));
  if (bound->type.kind == TypeKind::boolean) return bound;
  return wrong(bound->offset, std::string(where) + " needs a boolean, not " + bound->type.name,
               is_numeric(bound->sql()) ? "compare it: column <> 0" : "");
}

std::optional<Bound> Binder::logic(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string kind = node.text("boolop");
  std::vector<NodePointer> nodes;
  bool good = true;
  bool decided = false;
  const bool decisive = kind == "OR_EXPR";
  for (const json::Value& each : *node.find("args")->array()) {
    std::optional<Bound> bound = condition(each, kind == "NOT_EXPR" ? "NOT" : kind == "OR_EXPR" ? "OR" : "AND");
    good = good && bound.has_value();
    if (!bound) continue;
    const Cell* constant = bound->node->constant();
    decided = decided || (constant != nullptr && !constant->is_null() && (constant->i != 0) == decisive);
    nodes.push_back(std::move(bound->node));
  }
  if (!good) return std::nullopt;
  // A constant decides, wherever it stands: the others are not asked, as in PostgreSQL.
  if (decided && kind != "NOT_EXPR") return boolean_result(std::make_unique<ConstantNode>(Cell::boolean(decisive), nullptr), offset);
  const Connective connective = kind == "NOT_EXPR" ? Connective::negation : kind == "OR_EXPR" ? Connective::any : Connective::all;
  const bool constant = std::ranges::all_of(nodes, [](const NodePointer& each) { return each->constant() != nullptr; });
  return folded_if(constant, boolean_result(std::make_unique<LogicNode>(connective, std::move(nodes)), offset));
}

std::optional<Bound> Binder::null_test(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::optional<Bound> argument = bind(*node.find("arg"));
  if (!argument) return std::nullopt;
  if (argument->type.kind == TypeKind::composite) return wrong(offset, "IS NULL of a composite is not supported", "test one of its fields");
  const bool constant = argument->node->constant() != nullptr;
  return folded_if(constant, boolean_result(std::make_unique<TestNode>(TestNode::Test::null, node.text("nulltesttype") == "IS_NOT_NULL",
                                                                       std::move(argument->node)),
                                            offset));
}

std::optional<Bound> Binder::boolean_test(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string kind = node.text("booltesttype");
  std::optional<Bound> argument = condition(*node.find("arg"), "this test");
  if (!argument) return std::nullopt;
  const bool negated = kind.find("NOT") != std::string::npos;
  const TestNode::Test test = kind.ends_with("TRUE")    ? TestNode::Test::is_true
                              : kind.ends_with("FALSE") ? TestNode::Test::is_false
                                                        : TestNode::Test::null;
  const bool constant = argument->node->constant() != nullptr;
  return folded_if(constant, boolean_result(std::make_unique<TestNode>(test, negated, std::move(argument->node)), offset));
}

std::optional<Bound> Binder::value_function(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string which = node.text("op");
  const Sql type = which == "SVFOP_CURRENT_DATE"        ? Sql::date
                   : which == "SVFOP_LOCALTIMESTAMP"    ? Sql::timestamp
                   : which == "SVFOP_CURRENT_TIMESTAMP" ? Sql::timestamptz
                                                        : Sql::unknown;
  if (type == Sql::unknown)
    return wrong(offset, "this word of SQL has no value here",
                 "write now() for the snapshot's time; a column of that name stands in double quotes: \"user\"");
  std::optional<Bound> now = call("now", {}, offset, false);
  return now && type != Sql::timestamptz ? to_type(*std::move(now), type_from(type)) : std::move(now);
}

std::optional<Bound> Binder::collation(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string name = last_name(node.find("collname"));
  if (name != "C" && name != "POSIX" && name != "default")
    return wrong(offset, "texts compare bytewise here: the collation '" + name + "' is not supported",
                 "leave COLLATE out, or write COLLATE \"C\"");
  return bind(*node.find("arg"));
}

namespace {

const Name* find_name(std::string_view text, const Scope& scope) {
  for (const Name& name : scope.names)
    if (name.text == text) return &name;
  const Name* found = nullptr;
  const std::string lower = map_case(text, false);
  for (const Name& name : scope.names) {
    if (name.text.size() != lower.size() && name.text.size() > 4 * lower.size()) continue;
    if (map_case(name.text, false) != lower) continue;
    if (found != nullptr) return nullptr;  // not unique
    found = &name;
  }
  return found;
}

}  // namespace

std::optional<Bound> bind_name(std::string_view text, const BindContext& context) {
  const Name* found = find_name(text, context.scope);
  if (found == nullptr) return std::nullopt;
  Bound bound;
  bound.node = std::make_unique<ColumnNode>(found->slot, found->type);
  bound.type = found->type;
  bound.facts = facts_of_column(found->slot, found->type);
  bound.widest = widest_text(found->type);
  context.slots.push_back(found->slot);
  return bound;
}

std::optional<Bound> bind_expression(std::string_view text, const BindContext& context) {
  std::vector<std::size_t> words;
  std::expected<Syntax, Diagnostic> syntax = parse_expression(with_readable_lookups(text, context.scope, words));
  if (!syntax) {
    Diagnostic diagnostic = std::move(syntax).error();
    if (diagnostic.hint.empty()) diagnostic.hint = reserved_column_hint(text, context.scope);
    context.diagnostics.push_back(std::move(diagnostic));
    return std::nullopt;
  }
  std::optional<Bound> bound = Binder(text, context, std::move(words)).bind(syntax->tree);
  if (bound && bound->unknown) {
    bound->unknown = false;
    bound->facts = facts_of_result(bound->type);
  }
  return bound;
}

}  // namespace itemize::expr
