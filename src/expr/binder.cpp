#include "expr/binder.h"

#include <algorithm>
#include <charconv>

#include "base/closest.h"
#include "expr/functions.h"
#include "expr/nodes.h"
#include "expr/piece_facts.h"
#include "expr/syntax.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::Type;
using row::TypeKind;

bool is_text(TypeKind kind) { return kind == TypeKind::text || kind == TypeKind::character || kind == TypeKind::enumeration; }
bool is_numeric(TypeKind kind) {
  return kind == TypeKind::integer || kind == TypeKind::decimal || kind == TypeKind::float32 || kind == TypeKind::float64;
}

Type wanted_type(Parameter parameter) {
  switch (parameter) {
    case Parameter::text: return type_of(TypeKind::text, "text");
    case Parameter::integer: {
      Type type = type_of(TypeKind::integer, "bigint");
      type.length = 8;
      return type;
    }
    case Parameter::number: case Parameter::decimal: return type_of(TypeKind::decimal, "numeric");
    case Parameter::real: return type_of(TypeKind::float64, "double precision");
    case Parameter::boolean: return type_of(TypeKind::boolean, "boolean");
    case Parameter::date: return type_of(TypeKind::date, "date");
    case Parameter::timestamp: return type_of(TypeKind::timestamp, "timestamp");
    case Parameter::timestamp_tz: return type_of(TypeKind::timestamp_tz, "timestamptz");
    case Parameter::time: return type_of(TypeKind::time, "time");
    case Parameter::interval: return type_of(TypeKind::interval, "interval");
    case Parameter::json: return type_of(TypeKind::json, "json");
    case Parameter::uuid: return type_of(TypeKind::uuid, "uuid");
    case Parameter::bytes: return type_of(TypeKind::bytes, "bytea");
    case Parameter::array: return type_of(TypeKind::array, "array");
    case Parameter::any: break;
  }
  return type_of(TypeKind::text, "text");
}

/// How far an argument is from a parameter: 0 the same, then implicit casts; -1 where it does not go.
int distance(const Bound& argument, Parameter parameter) {
  if (parameter == Parameter::any) return 3;
  const TypeKind wanted = wanted_type(parameter).kind;
  if (argument.unknown) return wanted == TypeKind::text ? 1 : 2;
  const TypeKind have = argument.type.kind;
  if (have == wanted) return 0;
  if (have == TypeKind::dynamic) return 4;
  if (wanted == TypeKind::text && is_text(have)) return 1;
  if (wanted == TypeKind::decimal && have == TypeKind::integer) return 1;
  if (wanted == TypeKind::float64 && is_numeric(have)) return have == TypeKind::float32 ? 1 : 2;
  if (wanted == TypeKind::timestamp && have == TypeKind::date) return 1;
  if (wanted == TypeKind::timestamp_tz && (have == TypeKind::date || have == TypeKind::timestamp)) return 2;
  return -1;
}

class Binder {
 public:
  explicit Binder(const BindContext& context) : context_(context) {}

  std::optional<Bound> bind(const json::Value& tree);

 private:
  std::optional<Bound> wrong(std::size_t offset, std::string message, std::string hint = {}) {
    context_.diagnostics.push_back({offset, std::move(message), std::move(hint)});
    return std::nullopt;
  }
  std::size_t offset_of(const json::Value& node) const {
    const std::int64_t location = node.integer("location", static_cast<std::int64_t>(last_offset_ + Syntax::location_shift));
    return location >= static_cast<std::int64_t>(Syntax::location_shift) ? static_cast<std::size_t>(location) - Syntax::location_shift : last_offset_;
  }

  std::optional<Bound> column(const json::Value& node);
  std::optional<Bound> constant(const json::Value& node);
  std::optional<Bound> cast(const json::Value& node);
  std::optional<Bound> operation(const json::Value& node);
  std::optional<Bound> between(const json::Value& node, std::string_view kind);
  std::optional<Bound> membership(const json::Value& node);
  std::optional<Bound> comparison(Comparison which, Bound left, Bound right, std::size_t offset);
  std::optional<Bound> logic(const json::Value& node);
  std::optional<Bound> null_test(const json::Value& node);
  std::optional<Bound> boolean_test(const json::Value& node);
  std::optional<Bound> case_expression(const json::Value& node);
  std::optional<Bound> choice(ChoiceNode::Choice which, std::vector<Bound> arguments, std::size_t offset, const char* name);
  std::optional<Bound> function_call(const json::Value& node);
  std::optional<Bound> call(const std::string& name, std::vector<Bound> arguments, std::size_t offset, bool is_operator);
  std::optional<Bound> concatenation(Bound left, Bound right);
  std::optional<std::vector<Bound>> bind_list(const json::Value* list);
  std::optional<Bound> condition(const json::Value& tree, const char* where);

  /// Gives a literal of unknown type a type; anything else is cast where it must be.
  std::optional<Bound> to_type(Bound bound, const Type& type);
  /// One type for all: literals follow the others, numbers widen.
  bool unify(std::vector<Bound>& bounds, std::size_t offset, const char* what);

  const BindContext& context_;
  std::size_t last_offset_ = 0;
};

Bound boolean_result(NodePointer node, std::size_t offset) {
  Bound bound;
  bound.node = std::move(node);
  bound.type = type_of(TypeKind::boolean, "boolean");
  bound.offset = offset;
  bound.facts = facts_of_result(bound.type);
  return bound;
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
  if (kind == "CoalesceExpr" || kind == "MinMaxExpr") {
    std::optional<std::vector<Bound>> arguments = bind_list(node.find("args"));
    if (!arguments) return std::nullopt;
    if (kind == "CoalesceExpr") return choice(ChoiceNode::Choice::coalesce, *std::move(arguments), last_offset_, "coalesce");
    const bool least = node.text("op") == "IS_LEAST";
    return choice(least ? ChoiceNode::Choice::least : ChoiceNode::Choice::greatest, *std::move(arguments), last_offset_, least ? "least" : "greatest");
  }
  if (kind == "SQLValueFunction") {
    const std::string which = node.text("op");
    if (which == "SVFOP_CURRENT_TIMESTAMP") return call("now", {}, last_offset_, false);
    return wrong(last_offset_, "this word of SQL has no value here", "write now() for the snapshot's time; quote a column of that name: \"current_date\"");
  }
  if (kind == "SubLink") return wrong(last_offset_, "a subquery has no place in an expression");
  if (kind == "ParamRef") return wrong(last_offset_, "parameters ($1) have no place in an expression");
  return wrong(last_offset_, "this kind of expression (" + kind + ") is not supported by this version");
}

std::optional<Bound> Binder::column(const json::Value& node) {
  std::string name;
  const json::Value* fields = node.find("fields");
  for (const json::Value& field : *fields->array()) {
    const json::Value* text = field.find("String");
    if (text == nullptr) return wrong(last_offset_, "* has no place in an expression");
    name += (name.empty() ? "" : ".") + text->text("sval");
  }
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
  if (same.size() > 1) return wrong(last_offset_, "'" + name + "' could be '" + same[0] + "' or '" + same[1] + "'", "write it exactly, in double quotes: \"" + same[0] + "\"");
  const std::string near = closest(name, names);
  return wrong(last_offset_, "there is no column '" + name + "'", near.empty() ? "" : "did you mean '" + near + "'?");
}

/// A literal as a node of a type that its text fits.
std::optional<Bound> literal_of(const Type& type, Bound bound, std::string& problem) {
  if (bound.is_null) {
    bound.node = std::make_unique<ConstantNode>(Cell{}, nullptr);
  } else {
    auto storage = std::make_unique<Arena>(64);
    const Context nowhere;
    Frame frame{{}, nowhere, *storage, false, {}};
    const Cell text = Cell::text(storage->copy(bound.literal));
    const Cell cell = is_text(type.kind) && type.length < 0 ? text : cast_cell(frame, text, type_of(TypeKind::text, "text"), type);
    if (frame.failed) {
      problem = frame.error;
      return std::nullopt;
    }
    bound.node = std::make_unique<ConstantNode>(cell, std::move(storage));
  }
  bound.type = type;
  bound.unknown = false;
  return bound;
}

std::optional<Bound> Binder::constant(const json::Value& node) {
  Bound bound;
  bound.offset = last_offset_;
  std::string problem;
  if (node.find("isnull") != nullptr) {
    bound.unknown = true;
    bound.is_null = true;
    bound.type = type_of(TypeKind::text, "text");
    bound.node = std::make_unique<ConstantNode>(Cell{}, nullptr);
    return bound;
  }
  if (const json::Value* text = node.find("sval")) {
    bound.unknown = true;
    bound.literal = text->text("sval");
    return literal_of(type_of(TypeKind::text, "text"), std::move(bound), problem).transform([](Bound each) {
      each.unknown = true;
      return each;
    });
  }
  if (const json::Value* flag = node.find("boolval")) {
    const json::Value* value = flag->find("boolval");
    return boolean_result(std::make_unique<ConstantNode>(Cell::boolean(value != nullptr && value->boolean() != nullptr && *value->boolean()), nullptr), last_offset_);
  }
  Type type = type_of(TypeKind::integer, "integer");
  type.length = 4;
  if (const json::Value* whole = node.find("ival")) {
    bound.literal = std::to_string(whole->integer("ival"));
  } else if (const json::Value* real = node.find("fval")) {
    bound.literal = real->text("fval");
    std::int64_t big = 0;
    const auto [end, error] = std::from_chars(bound.literal.data(), bound.literal.data() + bound.literal.size(), big);
    const bool is_big = error == std::errc() && end == bound.literal.data() + bound.literal.size();
    type = type_of(is_big ? TypeKind::integer : TypeKind::decimal, is_big ? "bigint" : "numeric");
    type.length = is_big ? 8 : -1;
  } else {
    return wrong(last_offset_, "this kind of literal is not supported");
  }
  std::optional<Bound> result = literal_of(type, std::move(bound), problem);
  if (!result) return wrong(last_offset_, problem);
  result->facts = facts_of_result(result->type);
  return result;
}

std::optional<Bound> Binder::to_type(Bound bound, const Type& type) {
  if (bound.unknown) {
    std::string problem;
    const std::size_t offset = bound.offset;
    std::optional<Bound> typed = literal_of(type, std::move(bound), problem);
    return typed ? std::move(typed) : wrong(offset, problem);
  }
  const bool same = bound.type.kind == type.kind && type.precision < 0 && (type.kind != TypeKind::integer || type.length == bound.type.length) && !(is_text(type.kind) && type.length > 0);
  if (same) return bound;
  Bound result;
  result.offset = bound.offset;
  result.facts = facts_of_cast(bound.facts, bound.type, type);
  result.node = std::make_unique<CastNode>(std::move(bound.node), bound.type, type);
  result.type = type;
  return result;
}

std::optional<Bound> Binder::cast(const json::Value& node) {
  const json::Value* type_name = node.find("typeName");
  std::optional<Bound> argument = bind(*node.find("arg"));
  if (!argument) return std::nullopt;
  std::string name;
  for (const json::Value& part : *type_name->find("names")->array()) name = part.find("String")->text("sval");
  std::vector<int> modifiers;
  if (const json::Value* list = type_name->find("typmods"); list != nullptr && list->array() != nullptr)
    for (const json::Value& modifier : *list->array())
      if (const json::Value* value = modifier.find("A_Const"))
        if (const json::Value* whole = value->find("ival")) modifiers.push_back(static_cast<int>(whole->integer("ival")));
  if (name == "interval") modifiers.clear();
  const std::optional<Type> type = type_named(name, modifiers, type_name->find("arrayBounds") != nullptr);
  if (!type) return wrong(offset_of(*type_name), "casts to '" + name + "' are not supported");
  if (!argument->unknown && !can_cast(argument->type, *type)) return wrong(argument->offset, "cannot cast " + argument->type.name + " to " + type->name);
  return to_type(*std::move(argument), *type);
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

bool Binder::unify(std::vector<Bound>& bounds, std::size_t offset, const char* what) {
  Type common = type_of(TypeKind::text, "text");
  bool known = false;
  for (const Bound& bound : bounds) {
    if (bound.unknown) continue;
    if (!known) {
      common = bound.type;
      known = true;
      continue;
    }
    const TypeKind a = common.kind;
    const TypeKind b = bound.type.kind;
    if (a == TypeKind::dynamic || b == TypeKind::dynamic) {
      common = a == TypeKind::dynamic ? common : bound.type;
    } else if (is_numeric(a) && is_numeric(b)) {
      if (b == TypeKind::float64 || b == TypeKind::float32 || a == TypeKind::float64 || a == TypeKind::float32) {
        if (a != b) common = type_of(TypeKind::float64, "double precision");
      } else if (a == TypeKind::decimal || b == TypeKind::decimal) {
        common = type_of(TypeKind::decimal, "numeric");
      } else {
        common.length = std::max(common.length, bound.type.length);
      }
    } else if (is_text(a) && is_text(b)) {
      if (a != b) common = type_of(TypeKind::text, "text");
    } else if (a != b) {
      const auto time_rank = [](TypeKind kind) { return kind == TypeKind::date ? 1 : kind == TypeKind::timestamp ? 2 : kind == TypeKind::timestamp_tz ? 3 : 0; };
      if (time_rank(a) == 0 || time_rank(b) == 0) {
        wrong(offset, std::string(what) + " cannot take " + common.name + " and " + bound.type.name + " together", "cast one of them");
        return false;
      }
      if (time_rank(b) > time_rank(a)) common = bound.type;
    }
  }
  // Modifiers of one operand do not bind the result.
  if (common.kind == TypeKind::decimal) common.precision = common.scale = -1;
  if (common.kind == TypeKind::timestamp || common.kind == TypeKind::timestamp_tz || common.kind == TypeKind::time) common.precision = -1;
  if (is_text(common.kind) && common.kind != TypeKind::character) common.length = -1;
  for (Bound& bound : bounds) {
    const bool leave = !bound.unknown && (common.kind == TypeKind::dynamic || bound.type.kind == common.kind || bound.type.kind == TypeKind::dynamic);
    if (leave) continue;
    if (bound.unknown && common.kind == TypeKind::dynamic) {
      bound.unknown = false;  // stays the text that it is
      continue;
    }
    std::optional<Bound> typed = to_type(std::move(bound), common);
    if (!typed) return false;
    bound = *std::move(typed);
  }
  return true;
}

std::optional<Bound> Binder::comparison(Comparison which, Bound left, Bound right, std::size_t offset) {
  std::vector<Bound> both;
  both.push_back(std::move(left));
  both.push_back(std::move(right));
  if (!unify(both, offset, "a comparison")) return std::nullopt;
  for (Bound& bound : both) {
    if (bound.type.kind == TypeKind::json) return wrong(bound.offset, "documents cannot be compared", "compare a member: column ->> 'name'");
    // char(n) compares without its padding.
    if (bound.type.kind == TypeKind::character) bound = *to_type(std::move(bound), type_of(TypeKind::text, "text"));
  }
  return boolean_result(std::make_unique<CompareNode>(which, std::move(both[0].node), std::move(both[1].node)), offset);
}

std::optional<Bound> Binder::concatenation(Bound left, Bound right) {
  const std::size_t offset = left.offset;
  if (left.type.kind == TypeKind::array || right.type.kind == TypeKind::array || left.type.kind == TypeKind::json || right.type.kind == TypeKind::json)
    return wrong(offset, "|| joins texts only in this version");
  const bool text = left.unknown || right.unknown || is_text(left.type.kind) || is_text(right.type.kind) || left.type.kind == TypeKind::dynamic || right.type.kind == TypeKind::dynamic;
  if (!text) return wrong(offset, "|| needs a text on one side at least, not " + left.type.name + " and " + right.type.name, "cast one: column::text");
  Bound bound;
  bound.offset = offset;
  bound.type = type_of(TypeKind::text, "text");
  bound.facts = Piece{};
  bound.node = std::make_unique<ConcatenateNode>(std::move(left.node), left.type, std::move(right.node), right.type);
  return bound;
}

std::optional<Bound> Binder::membership(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::optional<Bound> left = bind(*node.find("lexpr"));
  const json::Value* list = node.find("rexpr")->find("List");
  std::optional<std::vector<Bound>> items = bind_list(list == nullptr ? nullptr : list->find("items"));
  if (!left || !items) return std::nullopt;
  const bool negated = node.find("name")->array()->front().find("String")->text("sval") == "<>";
  items->insert(items->begin(), *std::move(left));
  if (!unify(*items, offset, "IN")) return std::nullopt;
  // a IN (x, y) is a = x OR a = y; the left side is shared.
  struct Shared : Node {
    std::shared_ptr<Node> node;
    row::Cell evaluate(Frame& frame) const override { return node->evaluate(frame); }
  };
  const std::shared_ptr<Node> left_node = std::move(items->front().node);
  std::vector<NodePointer> tests;
  for (std::size_t index = 1; index < items->size(); ++index) {
    auto shared = std::make_unique<Shared>();
    shared->node = left_node;
    tests.push_back(std::make_unique<CompareNode>(negated ? Comparison::unequal : Comparison::equal, std::move(shared), std::move((*items)[index].node)));
  }
  return boolean_result(std::make_unique<LogicNode>(negated ? Connective::all : Connective::any, std::move(tests)), offset);
}

std::optional<Bound> Binder::between(const json::Value& node, std::string_view kind) {
  const std::size_t offset = last_offset_;
  const json::Array& bounds = *node.find("rexpr")->find("List")->find("items")->array();
  // The value is bound twice: nodes belong to one parent.
  std::optional<Bound> value_low = bind(*node.find("lexpr"));
  std::optional<Bound> low = bind(bounds[0]);
  std::optional<Bound> value_high = bind(*node.find("lexpr"));
  std::optional<Bound> high = bind(bounds[1]);
  if (!value_low || !low || !value_high || !high) return std::nullopt;
  if (kind.ends_with("SYM")) return wrong(offset, "BETWEEN SYMMETRIC is not supported");
  std::optional<Bound> above = comparison(Comparison::greater_or_equal, *std::move(value_low), *std::move(low), offset);
  std::optional<Bound> below = comparison(Comparison::less_or_equal, *std::move(value_high), *std::move(high), offset);
  if (!above || !below) return std::nullopt;
  std::vector<NodePointer> both;
  both.push_back(std::move(above->node));
  both.push_back(std::move(below->node));
  NodePointer result = std::make_unique<LogicNode>(Connective::all, std::move(both));
  if (kind == "AEXPR_NOT_BETWEEN") {
    std::vector<NodePointer> one;
    one.push_back(std::move(result));
    result = std::make_unique<LogicNode>(Connective::negation, std::move(one));
  }
  return boolean_result(std::move(result), offset);
}

std::optional<Bound> Binder::operation(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string kind = node.text("kind");
  if (kind == "AEXPR_IN") return membership(node);
  if (kind.find("BETWEEN") != std::string::npos) return between(node, kind);
  std::string sign;
  for (const json::Value& part : *node.find("name")->array()) sign = part.find("String")->text("sval");
  const json::Value* left_tree = node.find("lexpr");
  std::optional<Bound> left = left_tree == nullptr ? std::optional<Bound>(Bound{}) : bind(*left_tree);
  std::optional<Bound> right = bind(*node.find("rexpr"));
  if (!left || !right) return std::nullopt;
  if (kind == "AEXPR_NULLIF") {
    std::vector<Bound> both;
    both.push_back(*std::move(left));
    both.push_back(*std::move(right));
    return choice(ChoiceNode::Choice::nullif, std::move(both), offset, "nullif");
  }
  if (kind == "AEXPR_DISTINCT") return comparison(Comparison::distinct, *std::move(left), *std::move(right), offset);
  if (kind == "AEXPR_NOT_DISTINCT") return comparison(Comparison::not_distinct, *std::move(left), *std::move(right), offset);
  if (kind != "AEXPR_OP" && kind != "AEXPR_LIKE" && kind != "AEXPR_ILIKE") return wrong(offset, "this operator is not supported");
  constexpr std::pair<std::string_view, Comparison> signs[] = {{"=", Comparison::equal}, {"<>", Comparison::unequal}, {"<", Comparison::less},
                                                               {"<=", Comparison::less_or_equal}, {">", Comparison::greater}, {">=", Comparison::greater_or_equal}};
  if (left_tree != nullptr) {
    for (const auto& [text, which] : signs)
      if (text == sign) return comparison(which, *std::move(left), *std::move(right), offset);
    if (sign == "||") return concatenation(*std::move(left), *std::move(right));
  } else if (sign == "+") {
    return right;
  }
  std::vector<Bound> arguments;
  if (left_tree != nullptr) arguments.push_back(*std::move(left));
  arguments.push_back(*std::move(right));
  return call(sign, std::move(arguments), offset, true);
}

std::optional<Bound> Binder::condition(const json::Value& tree, const char* where) {
  std::optional<Bound> bound = bind(tree);
  if (!bound) return std::nullopt;
  const Type boolean = type_of(TypeKind::boolean, "boolean");
  if (bound->unknown) return to_type(*std::move(bound), boolean);
  if (bound->type.kind == TypeKind::dynamic) return to_type(*std::move(bound), boolean);
  if (bound->type.kind != TypeKind::boolean) return wrong(bound->offset, std::string(where) + " needs a boolean, not " + bound->type.name);
  return bound;
}

std::optional<Bound> Binder::logic(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string kind = node.text("boolop");
  std::vector<NodePointer> nodes;
  bool good = true;
  for (const json::Value& each : *node.find("args")->array()) {
    std::optional<Bound> bound = condition(each, kind == "NOT_EXPR" ? "NOT" : kind == "OR_EXPR" ? "OR" : "AND");
    good = good && bound.has_value();
    if (bound) nodes.push_back(std::move(bound->node));
  }
  if (!good) return std::nullopt;
  const Connective connective = kind == "NOT_EXPR" ? Connective::negation : kind == "OR_EXPR" ? Connective::any : Connective::all;
  return boolean_result(std::make_unique<LogicNode>(connective, std::move(nodes)), offset);
}

std::optional<Bound> Binder::null_test(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::optional<Bound> argument = bind(*node.find("arg"));
  if (!argument) return std::nullopt;
  return boolean_result(std::make_unique<TestNode>(TestNode::Test::null, node.text("nulltesttype") == "IS_NOT_NULL", std::move(argument->node)), offset);
}

std::optional<Bound> Binder::boolean_test(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string kind = node.text("booltesttype");
  std::optional<Bound> argument = condition(*node.find("arg"), "this test");
  if (!argument) return std::nullopt;
  const bool negated = kind.find("NOT") != std::string::npos;
  const TestNode::Test test = kind.ends_with("TRUE") ? TestNode::Test::is_true : kind.ends_with("FALSE") ? TestNode::Test::is_false : TestNode::Test::null;
  return boolean_result(std::make_unique<TestNode>(test, negated, std::move(argument->node)), offset);
}

std::optional<Bound> Binder::case_expression(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const json::Value* subject = node.find("arg");
  std::vector<NodePointer> conditions;
  std::vector<Bound> results;
  for (const json::Value& each : *node.find("args")->array()) {
    const json::Value& when = *each.find("CaseWhen");
    std::optional<Bound> test;
    if (subject != nullptr) {
      std::optional<Bound> left = bind(*subject);
      std::optional<Bound> right = bind(*when.find("expr"));
      if (!left || !right) return std::nullopt;
      test = comparison(Comparison::equal, *std::move(left), *std::move(right), offset);
    } else {
      test = condition(*when.find("expr"), "WHEN");
    }
    std::optional<Bound> result = bind(*when.find("result"));
    if (!test || !result) return std::nullopt;
    conditions.push_back(std::move(test->node));
    results.push_back(*std::move(result));
  }
  if (const json::Value* otherwise = node.find("defresult")) {
    std::optional<Bound> result = bind(*otherwise);
    if (!result) return std::nullopt;
    results.push_back(*std::move(result));
  }
  if (!unify(results, offset, "CASE")) return std::nullopt;
  Bound bound;
  bound.type = results.front().type;
  bound.offset = offset;
  bound.facts = facts_of_result(bound.type);
  std::vector<std::pair<NodePointer, NodePointer>> branches;
  for (std::size_t index = 0; index < conditions.size(); ++index) branches.emplace_back(std::move(conditions[index]), std::move(results[index].node));
  NodePointer otherwise = results.size() > conditions.size() ? std::move(results.back().node) : nullptr;
  bound.node = std::make_unique<CaseNode>(std::move(branches), std::move(otherwise));
  return bound;
}

std::optional<Bound> Binder::choice(ChoiceNode::Choice which, std::vector<Bound> arguments, std::size_t offset, const char* name) {
  const bool joins = which == ChoiceNode::Choice::concat || which == ChoiceNode::Choice::concat_ws;
  if (!joins && !unify(arguments, offset, name)) return std::nullopt;
  Bound bound;
  bound.offset = offset;
  bound.type = joins ? type_of(TypeKind::text, "text") : arguments.front().type;
  bound.facts = facts_of_result(bound.type);
  std::vector<NodePointer> nodes;
  std::vector<Type> types;
  for (Bound& argument : arguments) {
    types.push_back(argument.type);
    nodes.push_back(std::move(argument.node));
  }
  bound.node = std::make_unique<ChoiceNode>(which, std::move(nodes), std::move(types));
  return bound;
}

std::optional<Bound> Binder::function_call(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::string name;
  for (const json::Value& part : *node.find("funcname")->array()) name = part.find("String")->text("sval");
  for (const char* unsupported : {"agg_star", "agg_distinct", "over", "agg_filter", "agg_order", "func_variadic"})
    if (node.find(unsupported) != nullptr) return wrong(offset, "aggregates and windows have no place here: an expression sees one row");
  std::optional<std::vector<Bound>> arguments = bind_list(node.find("args"));
  if (!arguments) return std::nullopt;
  if (name == "concat" || name == "concat_ws") {
    if (arguments->empty() || (name == "concat_ws" && arguments->size() < 2)) return wrong(offset, name + " needs arguments");
    return choice(name == "concat" ? ChoiceNode::Choice::concat : ChoiceNode::Choice::concat_ws, *std::move(arguments), offset, name.c_str());
  }
  if (name == "now" && !context_.scope.allow_now) return wrong(offset, "now() has no place here", "its value would change from run to run; use a column");
  return call(name, *std::move(arguments), offset, false);
}

std::optional<Bound> Binder::call(const std::string& name, std::vector<Bound> arguments, std::size_t offset, bool is_operator) {
  const Function* best = nullptr;
  int least = 1000;
  bool known = false;
  for (const Function& function : functions()) {
    if (function.name != name) continue;
    known = true;
    if (function.parameters.size() != arguments.size()) continue;
    int sum = 0;
    bool fits = true;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
      const int step = distance(arguments[index], function.parameters[index]);
      fits = fits && step >= 0;
      sum += step;
    }
    if (fits && sum < least) {
      least = sum;
      best = &function;
    }
  }
  if (best == nullptr) {
    std::string types;
    for (const Bound& argument : arguments) types += (types.empty() ? "" : ", ") + (argument.unknown ? std::string("a literal") : argument.type.name);
    if (known) return wrong(offset, is_operator ? "the operator " + name + " does not take " + types : name + "() does not take (" + types + ")");
    std::vector<std::string> names;
    for (const Function& function : functions()) names.emplace_back(function.name);
    const std::string near = is_operator ? "" : closest(name, names);
    return wrong(offset, is_operator ? "the operator " + name + " is not supported" : "there is no function " + name + "()", near.empty() ? "" : "did you mean " + near + "()?");
  }
  Bound bound;
  bound.offset = offset;
  bound.type = best->same_as_first ? arguments.front().type : type_of(best->result, "");
  if (best->same_as_first)
    for (const Bound& argument : arguments) bound.type.length = std::max(bound.type.length, argument.type.length);
  bound.facts = facts_of_call(*best, arguments);
  std::vector<NodePointer> nodes;
  std::vector<Type> types;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const Parameter parameter = best->parameters[index];
    Bound& argument = arguments[index];
    const bool keep = parameter == Parameter::any || (parameter == Parameter::integer && argument.type.kind == TypeKind::integer && !argument.unknown);
    if (!keep || argument.unknown) {
      std::optional<Bound> typed = to_type(std::move(argument), wanted_type(parameter));
      if (!typed) return std::nullopt;
      argument = *std::move(typed);
    }
    types.push_back(argument.type);
    nodes.push_back(std::move(argument.node));
  }
  if (bound.type.name.empty()) bound.type.name = best->result == TypeKind::text ? "text" : best->result == TypeKind::integer ? "bigint" : "the result of " + name;
  if (best->result == TypeKind::array) bound.type.children = {type_of(TypeKind::text, "text")};
  if (best->result == TypeKind::integer && bound.type.length < 0) bound.type.length = 8;
  bound.node = std::make_unique<CallNode>(*best, std::move(nodes), std::move(types));
  return bound;
}

}  // namespace

std::optional<Bound> bind_name(std::string_view text, const BindContext& context) {
  const Name* found = nullptr;
  for (const Name& name : context.scope.names)
    if (name.text == text) found = &name;
  if (found == nullptr) {
    const std::string lower = map_case(text, false);
    for (const Name& name : context.scope.names) {
      if (map_case(name.text, false) != lower) continue;
      if (found != nullptr) return std::nullopt;  // not unique
      found = &name;
    }
  }
  if (found == nullptr) return std::nullopt;
  Bound bound;
  bound.node = std::make_unique<ColumnNode>(found->slot);
  bound.type = found->type;
  bound.facts = facts_of_column(found->slot, found->type);
  context.slots.push_back(found->slot);
  return bound;
}

std::optional<Bound> bind_expression(std::string_view text, const BindContext& context) {
  std::expected<Syntax, Diagnostic> syntax = parse_expression(text);
  if (!syntax) {
    Diagnostic diagnostic = std::move(syntax).error();
    // A column whose name is a word of SQL's.
    for (const Name& name : context.scope.names)
      if (diagnostic.hint.empty() && is_reserved(name.text) && name.text.find(' ') == std::string::npos && text.find(name.text) != std::string_view::npos)
        diagnostic.hint = "'" + name.text + "' is a reserved word of SQL: quote the column as \"" + name.text + "\"";
    context.diagnostics.push_back(std::move(diagnostic));
    return std::nullopt;
  }
  return Binder(context).bind(syntax->tree);
}

}  // namespace itemize::expr
