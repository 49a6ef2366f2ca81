// Functions and operators of the table.
#include <algorithm>

#include "base/closest.h"
#include "expr/binding.h"
#include "expr/piece_facts.h"
#include "expr/resolve.h"

namespace itemize::expr {

using row::Type;
using row::TypeKind;

namespace {

bool is_arithmetic(std::string_view name) { return name == "+" || name == "-" || name == "*" || name == "/" || name == "%" || name == "^"; }

/// What SQLite's dynamic values may be taken for, in this order.
constexpr Sql guesses[] = {Sql::numeric, Sql::text, Sql::timestamp, Sql::jsonb};

/// The type of the result, where the arguments decide it.
Type result_type(const Function& function, const std::vector<Bound>& arguments) {
  if (function.result != Sql::anyelement && function.result != Sql::anyarray) return type_from(function.result);
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const Sql parameter = parameter_of(function, index);
    const Type& type = arguments[index].type;
    if (parameter == Sql::anyarray && function.result == Sql::anyarray) return type;
    if (parameter == Sql::anyarray && type.children.size() == 1) return type.children[0];
    if (parameter == Sql::anyelement && !arguments[index].unknown) return function.result == Sql::anyarray ? array_of(type) : type;
  }
  return type_from(Sql::text);
}

/// anyarray and anyelement mean the same element wherever they stand in a call.
bool elements_agree(const Function& function, const std::vector<Bound>& arguments) {
  std::optional<Sql> element;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const Sql parameter = parameter_of(function, index);
    const Type& type = arguments[index].type;
    if (parameter != Sql::anyarray && parameter != Sql::anyelement) continue;
    const Sql found = parameter == Sql::anyelement ? sql_of(type) : type.children.size() == 1 ? sql_of(type.children[0]) : Sql::opaque;
    if (element && *element != found) return false;
    element = found;
  }
  return true;
}

}  // namespace

std::optional<Bound> Binder::function_call(const json::Value& node) {
  const std::size_t offset = last_offset_;
  const std::string name = last_name(node.find("funcname"));
  if (name == "row_hash" && node.find("agg_star") != nullptr) return row_hash_of_all(offset);
  for (const char* unsupported : {"agg_star", "agg_distinct", "over", "agg_filter", "agg_order", "agg_within_group"})
    if (node.find(unsupported) != nullptr) return wrong(offset, "aggregates and windows have no place here: an expression sees one row");
  if (node.find("func_variadic") != nullptr)
    return wrong(offset, "VARIADIC is not supported", "array_to_string(array, separator) joins the elements of an array");
  if (name == "path") return path(node, offset);
  std::optional<std::vector<Bound>> arguments = bind_list(node.find("args"));
  if (!arguments) return std::nullopt;
  return call(name, *std::move(arguments), offset, false);
}

std::optional<Bound> Binder::path(const json::Value& node, std::size_t offset) {
  const json::Value* list = node.find("args");
  std::vector<std::string> names;
  if (list != nullptr && list->array() != nullptr)
    for (const json::Value& argument : *list->array())
      if (const json::Value* reference = argument.find("ColumnRef")) names.push_back(name_of(*reference).value_or("*"));
  if (names.size() != 2 || list->array()->size() != 2)
    return wrong(offset, "path() takes the name of a recursive lookup and that of a column", "as in path(root, id)");
  std::vector<std::string> known;
  for (const Way& way : context_.scope.ways) {
    known.push_back(way.text);
    if (way.text != names[0]) continue;
    std::vector<std::string> columns;
    for (const Way::Column& column : way.columns) {
      columns.push_back(column.text);
      if (column.text != names[1]) continue;
      for (const std::size_t slot : {way.slot, column.root_slot, column.own_slot}) context_.slots.push_back(slot);
      Bound bound;
      bound.type = array_of(column.type);
      bound.node = std::make_unique<PathNode>(way.slot, ColumnNode(column.field, column.type), ColumnNode(column.own_slot, column.type));
      bound.offset = offset;
      bound.facts = facts_of_result(bound.type);
      return bound;
    }
    const std::string near = closest(names[1], columns);
    return wrong(offset, "there is no column '" + names[1] + "' on the way of '" + names[0] + "'",
                 near.empty() ? "" : "did you mean '" + near + "'?");
  }
  const std::string near = closest(names[0], known);
  return wrong(offset, "there is no recursive lookup '" + names[0] + "'",
               near.empty() ? "path() goes with lookup: { root: { ..., recursive: root } }" : "did you mean '" + near + "'?");
}

std::optional<Bound> Binder::row_hash_of_all(std::size_t offset) {
  std::vector<Bound> columns;
  for (const Name& name : context_.scope.names) {
    if (name.is_lookup) continue;
    columns.push_back(*bind_name(name.text, context_));
    columns.back().offset = offset;
  }
  if (columns.empty()) return wrong(offset, "row_hash(*) has no columns here");
  return call("row_hash", std::move(columns), offset, false);
}

std::optional<Bound> Binder::no_function(const std::string& name, const std::vector<Bound>& arguments, std::size_t offset, bool is_operator,
                                         bool ambiguous) {
  std::string types;
  for (const Bound& argument : arguments) types += (types.empty() ? "" : ", ") + described(argument);
  if (ambiguous)
    return wrong(offset, (is_operator ? "the operator " + name : name + "()") + " could mean several things with (" + types + ")",
                 "cast the arguments: column::type");
  const bool known = !functions_named(name).empty();
  if (known && name == "||" && arguments.size() == 2)
    return wrong(arguments[0].offset,
                 "|| needs a text on one side at least, not " + described(arguments[0]) + " and " + described(arguments[1]),
                 "cast one: column::text");
  if (known)
    return wrong(offset, is_operator ? "the operator " + name + " does not take " + types : name + "() does not take (" + types + ")",
                 "docs/expressions.md lists the forms");
  const std::string near = is_operator ? "" : closest(name, function_names());
  return wrong(offset, is_operator ? "the operator " + name + " is not supported" : "there is no function " + name + "()",
               near.empty() ? "" : "did you mean " + near + "()?");
}

std::optional<Bound> Binder::call(const std::string& name, std::vector<Bound> arguments, std::size_t offset, bool is_operator) {
  if (name == "now" && !context_.scope.allow_now)
    return wrong(offset, "now() has no place here", "its value would change from run to run; use a column");
  if (arguments.size() > 200) return wrong(offset, "a function takes at most 200 arguments");
  const std::span<const Function* const> candidates = functions_named(name);
  const bool takes_any = std::ranges::any_of(candidates, [](const Function* function) {
    return !function->parameters.empty() && (function->parameters[0] == Sql::any || function->parameters[0] == Sql::uint8);
  });
  std::vector<Sql> types;
  for (Bound& argument : arguments) {
    Sql type = argument.sql();
    if (type == Sql::uint8 && !takes_any) type = Sql::numeric;
    if (type == Sql::dynamic && is_operator && is_arithmetic(name)) type = Sql::numeric;
    types.push_back(type);
  }
  Resolution found = resolve(candidates, types, is_operator);
  const bool dynamic = std::ranges::find(types, Sql::dynamic) != types.end() && !takes_any;
  if (dynamic && name != "to_char") {
    for (const Sql guess : guesses) {
      std::vector<Sql> guessed = types;
      std::ranges::replace(guessed, Sql::dynamic, guess);
      const Resolution attempt = resolve(candidates, guessed, is_operator);
      if (attempt.choice != Choice::found) continue;
      found = attempt;
      types = std::move(guessed);
      break;
    }
  } else if (dynamic) {
    found = {Choice::ambiguous, nullptr};
  }
  if (found.choice != Choice::found) return no_function(name, arguments, offset, is_operator, found.choice == Choice::ambiguous);
  return build_call(*found.function, std::move(arguments), offset);
}

/// Null where nothing is to be compiled before the rows come.
std::optional<std::shared_ptr<const void>> Binder::prepare(const Function& function, const std::vector<Bound>& arguments) {
  if (function.prepare == nullptr) return std::shared_ptr<const void>();
  std::vector<std::string_view> literals;
  for (const std::size_t index : function.literals) {
    const Bound& literal = arguments[index];
    const row::Cell* constant = literal.node->constant();
    if (constant != nullptr && constant->is_null()) return std::shared_ptr<const void>();  // the result is NULL for every row
    if (constant != nullptr && constant->kind == row::CellKind::text) {
      literals.push_back(constant->view());
      continue;
    }
    if (!function.literal_only) return std::shared_ptr<const void>();
    wrong(literal.offset, std::string(function.name) + " needs a literal here: it is compiled before a row is read");
    return std::nullopt;
  }
  Prepared made = function.prepare(literals);
  if (made) return *std::move(made);
  wrong(arguments[function.literals.front()].offset, made.error());
  return std::nullopt;
}

std::optional<Bound> Binder::build_call(const Function& function, std::vector<Bound> arguments, std::size_t offset) {
  Bound bound;
  bound.offset = offset;
  bound.type = result_type(function, arguments);
  std::optional<std::shared_ptr<const void>> prepared = prepare(function, arguments);
  if (!prepared) return std::nullopt;
  const bool facts_first = function.parameters.empty() || function.parameters[0] == Sql::any;
  if (facts_first) bound.facts = facts_of_call(function, arguments);
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const Sql parameter = parameter_of(function, index);
    Bound& argument = arguments[index];
    const bool takes_all =
        parameter == Sql::any || parameter == Sql::anynonarray || parameter == Sql::anyarray || parameter == Sql::anyelement;
    Type wanted = takes_all ? type_from(Sql::text) : type_from(parameter);
    if (takes_all && !argument.unknown) continue;
    if (parameter == Sql::anyarray) {
      // A literal beside an array is one of its kind.
      const auto other =
          std::ranges::find_if(arguments, [](const Bound& each) { return !each.unknown && each.type.kind == TypeKind::array; });
      if (other == arguments.end()) return wrong(argument.offset, "the type of this array is not known", "cast it: '{a,b}'::text[]");
      wanted = other->type;
    }
    if (parameter == Sql::anyelement) {
      // A literal beside an array is one of its elements.
      for (std::size_t other = 0; other < arguments.size(); ++other)
        if (parameter_of(function, other) == Sql::anyarray && arguments[other].type.children.size() == 1)
          wanted = arguments[other].type.children[0];
    }
    if (parameter == argument.sql() || (parameter == Sql::text_array && argument.sql() == Sql::array && !argument.type.children.empty() &&
                                        sql_of(argument.type.children[0]) == Sql::text))
      continue;
    std::optional<Bound> typed = to_type(std::move(argument), wanted);
    if (!typed) return std::nullopt;
    argument = *std::move(typed);
  }
  if (!elements_agree(function, arguments))
    return no_function(std::string(function.name), arguments, offset, std::isalpha(static_cast<unsigned char>(function.name[0])) == 0,
                       false);
  if (!facts_first) bound.facts = facts_of_call(function, arguments);
  bound.widest = widest_of_call(function, arguments);
  std::vector<NodePointer> nodes;
  std::vector<Type> types;
  for (Bound& argument : arguments) {
    types.push_back(argument.type);
    nodes.push_back(std::move(argument.node));
  }
  const auto is_constant = [](const NodePointer& node) { return node->constant() != nullptr; };
  const auto is_null = [](const NodePointer& node) { return node->constant() != nullptr && node->constant()->is_null(); };
  if (!function.sees_nulls && std::ranges::any_of(nodes, is_null)) return always_null(bound.type, offset);
  const bool constant = !nodes.empty() && std::ranges::all_of(nodes, is_constant);
  bound.node = std::make_unique<CallNode>(function, std::move(nodes), std::move(types), bound.type, *std::move(prepared));
  return folded_if(constant, std::move(bound));
}

}  // namespace itemize::expr
