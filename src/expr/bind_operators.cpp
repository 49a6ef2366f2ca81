// Operators that see more than their operands' values: comparisons, IN, BETWEEN, LIKE, CASE, COALESCE, arrays.
#include <algorithm>

#include "expr/binding.h"
#include "expr/piece_facts.h"
#include "expr/resolve.h"

namespace itemize::expr {

using row::Type;
using row::TypeKind;
using Sign = Comparison::Sign;

namespace {

constexpr std::pair<std::string_view, Sign> signs[] = {{"=", Sign::equal},          {"<>", Sign::unequal}, {"<", Sign::less},
                                                       {"<=", Sign::less_or_equal}, {">", Sign::greater},  {">=", Sign::greater_or_equal}};

std::optional<Sign> sign_named(std::string_view name) {
  for (const auto& [text, sign] : signs)
    if (text == name) return sign;
  return std::nullopt;
}

/// Every pair of types that PostgreSQL compares.
const std::vector<Function>& comparable_pairs() {
  static const std::vector<Function> pairs = [] {
    std::vector<Function> made;
    const auto cross = [&made](std::initializer_list<Sql> types) {
      for (const Sql left : types)
        for (const Sql right : types) made.push_back(run("=", {left, right}, Sql::boolean, nullptr));
    };
    cross({Sql::int2, Sql::int4, Sql::int8});
    cross({Sql::float4, Sql::float8});
    cross({Sql::date, Sql::timestamp, Sql::timestamptz});
    for (const Sql type : {Sql::numeric, Sql::text, Sql::bpchar, Sql::boolean, Sql::bytea, Sql::uuid, Sql::time, Sql::timetz, Sql::interval,
                           Sql::json, Sql::jsonb, Sql::bit, Sql::enumeration})
      cross({type});
    made.push_back(run("=", {Sql::anyarray, Sql::anyarray}, Sql::boolean, nullptr));
    return made;
  }();
  return pairs;
}

Resolution resolve_comparison(Sql left, Sql right) {
  static const std::vector<const Function*> candidates = [] {
    std::vector<const Function*> pointers;
    for (const Function& function : comparable_pairs()) pointers.push_back(&function);
    return pointers;
  }();
  const Sql arguments[] = {left == Sql::uint8 ? Sql::numeric : left, right == Sql::uint8 ? Sql::numeric : right};
  return resolve(candidates, arguments, true);
}

/// Numbers, and dates with timestamps, are compared as they are: compare_cells knows how.
bool compares_as_it_is(Sql type) {
  const char category = category_of(type);
  return category == 'N' || type == Sql::date || type == Sql::timestamp || type == Sql::timestamptz;
}

Bound result_of(NodePointer node, const Type& type, std::size_t offset) {
  Bound bound;
  bound.node = std::move(node);
  bound.type = type;
  bound.offset = offset;
  bound.widest = widest_text(type);
  bound.facts = facts_of_result(type);
  return bound;
}

bool is_null(const Bound& bound) { return bound.node->constant() != nullptr && bound.node->constant()->is_null(); }

NodePointer negated(NodePointer node) {
  std::vector<NodePointer> one;
  one.push_back(std::move(node));
  return std::make_unique<LogicNode>(Connective::negation, std::move(one));
}

}  // namespace

std::optional<Comparison> Binder::plan_comparison(Sign sign, Bound& left, Bound& right, std::size_t offset, bool left_is_shared) {
  Comparison plan;
  plan.sign = sign;
  const bool equality = sign == Sign::equal || sign == Sign::unequal || sign == Sign::distinct || sign == Sign::not_distinct;
  if (left.sql() == Sql::dynamic || right.sql() == Sql::dynamic) {
    plan.order = compare_cells;
    return plan;
  }
  const Resolution found = resolve_comparison(left.sql(), right.sql());
  if (found.choice != Choice::found) {
    wrong(offset, "a comparison cannot take " + described(left) + " and " + described(right) + " together", "cast one of them");
    return std::nullopt;
  }
  const Sql left_type = found.function->parameters[0];
  const Sql right_type = found.function->parameters[1];
  if (left_type == Sql::json || left_type == Sql::jsonb) {
    wrong(left.offset, "documents cannot be compared", "compare a member: column ->> 'name'");
    return std::nullopt;
  }
  if (left_type == Sql::enumeration && !equality) {
    wrong(offset, "the order of an enumeration's values is not known here", "cast it: column::text compares as text");
    return std::nullopt;
  }
  plan.order = comparator_of(left_type == right_type ? left_type : Sql::dynamic);
  if (is_integer(left_type) && is_integer(right_type)) plan.order = comparator_of(Sql::int8);
  if (left_type == Sql::anyarray) {
    // Elements must be of one type: a literal takes the other's.
    if (left.unknown || right.unknown) {
      Bound& literal = left.unknown ? left : right;
      std::optional<Bound> typed = to_type(std::move(literal), left.unknown ? right.type : left.type);
      if (!typed) return std::nullopt;
      literal = *std::move(typed);
    } else if (left.type.children.size() != 1 || right.type.children.size() != 1 ||
               sql_of(left.type.children[0]) != sql_of(right.type.children[0])) {
      wrong(offset, "a comparison cannot take " + left.type.name + " and " + right.type.name + " together", "cast one of them");
      return std::nullopt;
    }
    return plan;
  }
  const auto needs = [](const Bound& bound, Sql type) { return bound.unknown || (bound.sql() != type && !compares_as_it_is(bound.sql())); };
  if (needs(right, right_type)) {
    std::optional<Bound> typed = to_type(std::move(right), type_from(right_type));
    if (!typed) return std::nullopt;
    right = *std::move(typed);
  }
  if (!needs(left, left_type)) return plan;
  if (left_is_shared) {
    plan.cast_left = {left.unknown ? type_from(Sql::text) : left.type, type_from(left_type)};
    return plan;
  }
  std::optional<Bound> typed = to_type(std::move(left), type_from(left_type));
  if (!typed) return std::nullopt;
  left = *std::move(typed);
  return plan;
}

std::optional<Bound> Binder::comparison(Sign sign, Bound left, Bound right, std::size_t offset) {
  std::optional<Comparison> plan = plan_comparison(sign, left, right, offset, false);
  if (!plan) return std::nullopt;
  if (sign != Sign::distinct && sign != Sign::not_distinct && (is_null(left) || is_null(right)))
    return always_null(type_from(Sql::boolean), offset);
  return boolean_result(std::make_unique<CompareNode>(*std::move(plan), std::move(left.node), std::move(right.node)), offset);
}

std::optional<Bound> Binder::membership(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::optional<Bound> left = bind(*node.find("lexpr"));
  const json::Value* list = node.find("rexpr")->find("List");
  std::optional<std::vector<Bound>> items = bind_list(list == nullptr ? nullptr : list->find("items"));
  if (!left || !items) return std::nullopt;
  const bool within = last_name(node.find("name")) != "<>";
  std::vector<std::pair<Comparison, NodePointer>> tests;
  for (Bound& item : *items) {
    std::optional<Comparison> plan = plan_comparison(within ? Sign::equal : Sign::unequal, *left, item, item.offset, true);
    if (!plan) return std::nullopt;
    tests.emplace_back(*std::move(plan), std::move(item.node));
  }
  if (is_null(*left) || (items->size() == 1 && tests.front().second->constant() != nullptr && tests.front().second->constant()->is_null()))
    return always_null(type_from(Sql::boolean), offset);
  return boolean_result(std::make_unique<MembershipNode>(within, std::move(left->node), std::move(tests)), offset);
}

std::optional<Bound> Binder::between(const json::Value& node, std::string_view kind) {
  const std::size_t offset = last_offset_;
  const json::Value* list = node.find("rexpr")->find("List");
  std::optional<Bound> value = bind(*node.find("lexpr"));
  std::optional<std::vector<Bound>> bounds = bind_list(list == nullptr ? nullptr : list->find("items"));
  if (!value || !bounds || bounds->size() != 2) return std::nullopt;
  const bool symmetric = kind.ends_with("SYM");
  Bound& low = (*bounds)[0];
  Bound& high = (*bounds)[1];
  // Four plans where the order of the bounds does not count: the same operands in both directions.
  const std::shared_ptr<const Node> subject = std::move(value->node);
  value->node = std::make_unique<SharedNode>(subject);
  const auto side = [&](Sign sign, Bound& bound) { return plan_comparison(sign, *value, bound, offset, true); };
  std::optional<Comparison> above_low = side(Sign::greater_or_equal, low);
  std::optional<Comparison> below_high = side(Sign::less_or_equal, high);
  if (!above_low || !below_high) return std::nullopt;
  if (is_null(*value)) return always_null(type_from(Sql::boolean), offset);
  const std::shared_ptr<const Node> low_node = std::move(low.node);
  const std::shared_ptr<const Node> high_node = std::move(high.node);
  const auto within = [&](const std::shared_ptr<const Node>& from, Comparison above, const std::shared_ptr<const Node>& to,
                          Comparison below) {
    std::vector<std::pair<Comparison, NodePointer>> tests;
    tests.emplace_back(std::move(above), std::make_unique<SharedNode>(from));
    tests.emplace_back(std::move(below), std::make_unique<SharedNode>(to));
    return std::make_unique<MembershipNode>(false, std::make_unique<SharedNode>(subject), std::move(tests));
  };
  NodePointer result = within(low_node, *above_low, high_node, *below_high);
  if (symmetric) {
    Comparison above_high = *below_high;
    above_high.sign = Sign::greater_or_equal;
    Comparison below_low = *above_low;
    below_low.sign = Sign::less_or_equal;
    std::vector<NodePointer> either;
    either.push_back(std::move(result));
    either.push_back(within(high_node, std::move(above_high), low_node, std::move(below_low)));
    result = std::make_unique<LogicNode>(Connective::any, std::move(either));
  }
  if (kind.find("NOT") != std::string_view::npos) result = negated(std::move(result));
  return boolean_result(std::move(result), offset);
}

std::optional<Bound> Binder::array_comparison(const json::Value& node, bool any) {
  const std::size_t offset = last_offset_;
  std::optional<Bound> left = bind(*node.find("lexpr"));
  std::optional<Bound> right = bind(*node.find("rexpr"));
  if (!left || !right) return std::nullopt;
  const std::optional<Sign> sign = sign_named(last_name(node.find("name")));
  if (!sign) return wrong(offset, "ANY and ALL take comparisons only");
  if (right->unknown) {
    if (left->unknown) *left = *to_type(*std::move(left), type_from(Sql::text));
    right = to_type(*std::move(right), array_of(left->type));
    if (!right) return std::nullopt;
  }
  if (right->type.kind != TypeKind::array || right->type.children.size() != 1)
    return wrong(right->offset, std::string(any ? "ANY" : "ALL") + " needs an array, not " + described(*right));
  Bound element;
  element.type = right->type.children[0];
  element.offset = right->offset;
  // The elements are compared as they are; where they had to be cast, the array must be.
  const Sql before = element.sql();
  element.node = std::make_unique<ConstantNode>(row::Cell{}, nullptr);
  std::optional<Comparison> plan = plan_comparison(*sign, *left, element, offset, false);
  if (!plan) return std::nullopt;
  if (element.sql() != before) {
    right = to_type(*std::move(right), array_of(element.type));
    if (!right) return std::nullopt;
  }
  // (A NULL on the left still has an answer where the array is empty.)
  if (is_null(*right)) return always_null(type_from(Sql::boolean), offset);
  return boolean_result(std::make_unique<ArrayComparisonNode>(any, *std::move(plan), std::move(left->node), std::move(right->node)),
                        offset);
}

std::optional<Bound> Binder::matching(const json::Value& node, const std::string& kind, std::string sign) {
  const std::size_t offset = last_offset_;
  std::optional<Bound> left = bind(*node.find("lexpr"));
  const json::Value* pattern = node.find("rexpr");
  std::optional<std::vector<Bound>> right;
  // LIKE ... ESCAPE and SIMILAR TO wrap the pattern into a call.
  const json::Value* call_node = pattern->find("FuncCall");
  const std::string wrapper = call_node == nullptr ? "" : last_name(call_node->find("funcname"));
  const bool wrapped = wrapper == "like_escape" || wrapper == "similar_to_escape";
  if (wrapped) {
    right = bind_list(call_node->find("args"));
  } else if (std::optional<Bound> bound = bind(*pattern)) {
    right.emplace();
    right->push_back(*std::move(bound));
  }
  if (!left || !right) return std::nullopt;
  if (kind == "AEXPR_SIMILAR") sign = sign == "~" ? "similar to" : "not similar to";
  std::vector<Bound> arguments;
  arguments.push_back(*std::move(left));
  for (Bound& each : *right) arguments.push_back(std::move(each));
  return call(sign, std::move(arguments), offset, true);
}

std::optional<Bound> Binder::operation(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string kind = node.text("kind");
  if (kind == "AEXPR_IN") return membership(node);
  if (kind.find("BETWEEN") != std::string::npos) return between(node, kind);
  if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") return array_comparison(node, kind == "AEXPR_OP_ANY");
  const std::string sign = last_name(node.find("name"));
  if (kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE" || kind == "AEXPR_SIMILAR") return matching(node, kind, sign);
  const json::Value* left_tree = node.find("lexpr");
  std::optional<Bound> left = left_tree == nullptr ? std::optional<Bound>(Bound{}) : bind(*left_tree);
  std::optional<Bound> right = bind(*node.find("rexpr"));
  if (!left || !right) return std::nullopt;
  if (kind == "AEXPR_DISTINCT") return comparison(Sign::distinct, *std::move(left), *std::move(right), offset);
  if (kind == "AEXPR_NOT_DISTINCT") return comparison(Sign::not_distinct, *std::move(left), *std::move(right), offset);
  if (kind == "AEXPR_NULLIF") {
    std::optional<Comparison> plan = plan_comparison(Sign::equal, *left, *right, offset, false);
    if (!plan) return std::nullopt;
    const Type type = left->unknown ? type_from(Sql::text) : left->type;
    if (is_null(*left) || is_null(*right)) return result_of(std::move(left->node), type, offset);
    const bool constant = left->node->constant() != nullptr && right->node->constant() != nullptr;
    return folded_if(
        constant, result_of(std::make_unique<NullifNode>(*std::move(plan), std::move(left->node), std::move(right->node)), type, offset));
  }
  if (kind != "AEXPR_OP") return wrong(offset, "this operator is not supported");
  std::vector<Bound> arguments;
  if (left_tree != nullptr) {
    if (const std::optional<Sign> compares = sign_named(sign)) return comparison(*compares, *std::move(left), *std::move(right), offset);
    arguments.push_back(*std::move(left));
  }
  arguments.push_back(*std::move(right));
  return call(sign, std::move(arguments), offset, true);
}

std::optional<Bound> Binder::case_expression(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::optional<Bound> subject;
  if (const json::Value* tree = node.find("arg")) {
    subject = bind(*tree);
    if (!subject) return std::nullopt;
  }
  std::vector<CaseNode::Branch> branches;
  std::vector<Bound> results;
  for (const json::Value& each : *node.find("args")->array()) {
    const json::Value& when = *each.find("CaseWhen");
    CaseNode::Branch branch;
    std::optional<Bound> test = subject ? bind(*when.find("expr")) : condition(*when.find("expr"), "WHEN");
    std::optional<Bound> result = bind(*when.find("result"));
    if (!test || !result) return std::nullopt;
    if (subject) {
      std::optional<Comparison> plan = plan_comparison(Sign::equal, *subject, *test, test->offset, true);
      if (!plan) return std::nullopt;
      branch.comparison = *std::move(plan);
    }
    branch.when = std::move(test->node);
    branches.push_back(std::move(branch));
    results.push_back(*std::move(result));
  }
  const json::Value* otherwise = node.find("defresult");
  if (otherwise != nullptr) {
    // The ELSE is the first to be asked for its type.
    std::optional<Bound> result = bind(*otherwise);
    if (!result) return std::nullopt;
    results.insert(results.begin(), *std::move(result));
  }
  if (!unify(results, offset, "CASE")) return std::nullopt;
  const std::size_t shift = otherwise != nullptr ? 1 : 0;
  for (std::size_t index = 0; index < branches.size(); ++index) branches[index].then = std::move(results[index + shift].node);
  NodePointer last = otherwise != nullptr ? std::move(results.front().node) : nullptr;
  // What a constant decides is decided now: the other branches are not asked, as in PostgreSQL.
  std::erase_if(branches, [&](const CaseNode::Branch& branch) {
    const row::Cell* constant = branch.when->constant();
    return (subject && is_null(*subject)) || (constant != nullptr && (constant->is_null() || (!subject && constant->i == 0)));
  });
  if (branches.empty()) return last ? result_of(std::move(last), results.front().type, offset) : always_null(results.front().type, offset);
  if (!subject && branches.front().when->constant() != nullptr)
    return result_of(std::move(branches.front().then), results.front().type, offset);
  return result_of(std::make_unique<CaseNode>(subject ? std::move(subject->node) : nullptr, std::move(branches), std::move(last)),
                   results.front().type, offset);
}

std::optional<Bound> Binder::coalesce(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::optional<std::vector<Bound>> arguments = bind_list(node.find("args"));
  if (!arguments || !unify(*arguments, offset, "coalesce")) return std::nullopt;
  const Type type = arguments->front().type;
  std::vector<NodePointer> nodes;
  for (Bound& argument : *arguments) {
    const row::Cell* constant = argument.node->constant();
    if (constant != nullptr && constant->is_null()) continue;
    nodes.push_back(std::move(argument.node));
    if (constant != nullptr) break;  // what follows is never asked
  }
  if (nodes.empty()) return always_null(type, offset);
  if (nodes.size() == 1 && nodes.front()->constant() != nullptr) return result_of(std::move(nodes.front()), type, offset);
  return result_of(std::make_unique<CoalesceNode>(std::move(nodes)), type, offset);
}

std::optional<Bound> Binder::extreme(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const bool greatest = node.text("op") != "IS_LEAST";
  const char* const name = greatest ? "greatest" : "least";
  std::optional<std::vector<Bound>> arguments = bind_list(node.find("args"));
  if (!arguments || !unify(*arguments, offset, name)) return std::nullopt;
  const Type type = arguments->front().type;
  const Sql sql = sql_of(type);
  if (sql == Sql::json || sql == Sql::jsonb || sql == Sql::opaque || sql == Sql::enumeration)
    return wrong(offset, std::string(name) + " cannot order values of type " + type.name);
  std::vector<NodePointer> nodes;
  for (Bound& argument : *arguments) nodes.push_back(std::move(argument.node));
  return result_of(std::make_unique<ExtremeNode>(greatest, comparator_of(sql), std::move(nodes)), type, offset);
}

std::optional<Bound> Binder::array(const json::Value& node) {
  const std::size_t offset = last_offset_;
  std::optional<std::vector<Bound>> elements = bind_list(node.find("elements"));
  if (!elements) return std::nullopt;
  if (elements->empty()) return wrong(offset, "the type of an empty array is not known", "write '{}'::text[]");
  if (!unify(*elements, offset, "ARRAY[]")) return std::nullopt;
  const Type element = elements->front().type;
  std::vector<NodePointer> nodes;
  for (Bound& each : *elements) nodes.push_back(std::move(each.node));
  return result_of(std::make_unique<ArrayNode>(std::move(nodes)), element.kind == TypeKind::array ? element : array_of(element), offset);
}

std::optional<Bound> Binder::indirection(const json::Value& node) {
  std::optional<Bound> value = bind(*node.find("arg"));
  if (!value) return std::nullopt;
  for (const json::Value& step : *node.find("indirection")->array()) {
    const json::Value* indices = step.find("A_Indices");
    if (indices == nullptr) return wrong(value->offset, "fields of composites are not supported in expressions");
    const std::size_t offset = value->offset;
    if (indices->find("is_slice") != nullptr) return wrong(offset, "slices of arrays are not supported", "take single elements: column[1]");
    std::optional<Bound> index = bind(*indices->find("uidx"));
    if (!index) return std::nullopt;
    const bool document = value->sql() == Sql::jsonb;
    if (!document && value->type.kind != TypeKind::array)
      return wrong(offset, "only arrays and jsonb have elements, not " + described(*value));
    std::vector<Bound> arguments;
    arguments.push_back(*std::move(value));
    arguments.push_back(*std::move(index));
    value = call(document ? "->" : "[]", std::move(arguments), offset, true);
    if (!value) return std::nullopt;
  }
  return value;
}

}  // namespace itemize::expr
