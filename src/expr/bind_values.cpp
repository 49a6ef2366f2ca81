// Literals, casts, and the common type of several operands.
#include <algorithm>
#include <charconv>

#include "expr/binding.h"
#include "expr/piece_facts.h"
#include "expr/resolve.h"
#include "expr/text_basics.h"

namespace itemize::expr {

using row::Cell;
using row::Type;
using row::TypeKind;

namespace {

/// `cell` cast to `type`, as a constant of its own; or the problem.
std::expected<NodePointer, std::string> constant_cast(const Cell& cell, const Type& from, const Type& to) {
  auto storage = std::make_unique<Arena>(64);
  const Context nowhere;
  Buffer scratch;
  Frame frame{{}, nowhere, *storage, scratch, false, {}};
  const Cell result = cell.is_null() ? Cell{} : cast_cell(frame, cell, from, to);
  if (frame.failed) return std::unexpected(frame.error);
  // A cast may give back what it got: then the bytes are still the other constant's.
  using enum row::CellKind;
  const bool views = result.kind == text || result.kind == json || result.kind == bytes || result.kind == decimal_text ||
                     result.kind == decimal_wire || result.kind == uuid || result.kind == bits;
  const Cell owned = views ? Cell::view_of(result.kind, storage->copy(result.view())) : result;
  return std::make_unique<ConstantNode>(owned, std::move(storage));
}

NodePointer text_constant(std::string_view text) {
  auto storage = std::make_unique<Arena>(64);
  const Cell cell = Cell::text(storage->copy(text));
  return std::make_unique<ConstantNode>(cell, std::move(storage));
}

/// Whether values must change, not only their type's name.
bool must_convert(const Type& from, const Type& to) {
  const Sql a = sql_of(from);
  const Sql b = sql_of(to);
  if (to.kind == TypeKind::array && from.kind == TypeKind::array && from.children.size() == 1 && to.children.size() == 1)
    return must_convert(from.children[0], to.children[0]);
  if (a == b)
    return (is_textual(b) && to.length > 0 && (from.length < 0 || from.length != to.length)) ||
           (to.precision >= 0 && (to.precision != from.precision || to.scale != from.scale)) || (b == Sql::bit && to.length > 0);
  if (is_integer(a) && is_integer(b)) return static_cast<int>(a) > static_cast<int>(b);
  return !(a == Sql::enumeration && b == Sql::text && to.length < 0);
}

}  // namespace

std::optional<Bound> Binder::always_null(const Type& type, std::size_t offset) {
  Bound bound;
  bound.type = type;
  bound.offset = offset;
  bound.facts = facts_of_result(type);
  bound.node = std::make_unique<ConstantNode>(Cell{}, nullptr);
  return bound;
}

std::optional<Bound> Binder::folded(Bound call) {
  auto storage = std::make_unique<Arena>(256);
  const Context nowhere;
  Buffer scratch;
  Frame frame{{}, nowhere, *storage, scratch, false, {}};
  const Cell result = call.node->evaluate(frame);
  if (frame.failed) return wrong(call.offset, frame.error);
  // What points into the arguments would outlive them.
  std::expected<NodePointer, std::string> made = constant_cast(result, call.type, call.type);
  const bool flat = result.kind != row::CellKind::array && result.kind != row::CellKind::composite && result.kind != row::CellKind::range &&
                    result.kind != row::CellKind::map;
  if (made && flat) call.node = *std::move(made);
  return call;
}

std::optional<Bound> Binder::to_type(Bound bound, const Type& type) {
  const std::size_t offset = bound.offset;
  Bound result;
  result.offset = offset;
  result.type = type;
  result.literal = bound.literal;
  result.is_null = bound.is_null;
  const Type from = bound.unknown ? type_from(Sql::text) : bound.type;
  if (!bound.unknown) {
    result.facts = facts_of_cast(bound.facts, from, type);
    result.widest = widest_after_cast(bound.widest, from, type);
  }
  if (const Cell* constant = bound.node->constant(); constant != nullptr && constant->kind != row::CellKind::array) {
    std::expected<NodePointer, std::string> made = constant_cast(*constant, from, type);
    if (!made) return wrong(offset, made.error());
    result.node = *std::move(made);
    if (bound.unknown) result.facts = facts_of_result(type);
  } else if (must_convert(from, type)) {
    result.node = std::make_unique<CastNode>(std::move(bound.node), from, type);
  } else {
    result.node = std::move(bound.node);
    if (sql_of(from) == sql_of(type)) result.facts = std::move(bound.facts);
  }
  return result;
}

std::optional<Bound> Binder::constant(const json::Value& node) {
  Bound bound;
  bound.offset = last_offset_;
  if (node.find("isnull") != nullptr) {
    bound.unknown = true;
    bound.is_null = true;
    bound.type = type_from(Sql::text);
    bound.node = std::make_unique<ConstantNode>(Cell{}, nullptr);
    return bound;
  }
  if (const json::Value* text = node.find("sval")) {
    bound.unknown = true;
    bound.literal = text->text("sval");
    bound.type = type_from(Sql::text);
    bound.node = text_constant(bound.literal);
    bound.widest = static_cast<int>(character_count(bound.literal));
    return bound;
  }
  if (const json::Value* flag = node.find("boolval")) {
    const json::Value* value = flag->find("boolval");
    return boolean_result(
        std::make_unique<ConstantNode>(Cell::boolean(value != nullptr && value->boolean() != nullptr && *value->boolean()), nullptr),
        last_offset_);
  }
  if (node.find("ival") != nullptr || node.find("fval") != nullptr) return number(node);
  return wrong(last_offset_, "this kind of literal is not supported", "write bytes as '\\x1f'::bytea");
}

std::int64_t Binder::whole_number(const json::Value& ival, std::size_t offset) const {
  if (const std::int64_t value = ival.integer("ival"); value != 0) return value;
  // libpg_query 15 leaves out negative numbers as it leaves out zero: what is negative is read from the text, where the parser folded
  // a minus into the number.
  for (std::size_t at = offset; at < text_.size();) {
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with("/*") || rest.starts_with("--")) {
      const std::size_t end = rest.starts_with("/*") ? rest.find("*/") : rest.find('\n');
      at = end == std::string_view::npos ? text_.size() : at + end + 1;
      continue;
    }
    std::int64_t value = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), value).ptr != rest.data() && rest.front() != '-') return -value;
    ++at;
  }
  return 0;
}

std::optional<Bound> Binder::number(const json::Value& node) {
  Bound bound;
  bound.offset = last_offset_;
  Sql sql = Sql::int4;
  if (const json::Value* whole = node.find("ival")) {
    bound.literal = std::to_string(whole_number(*whole, last_offset_));
  } else {
    bound.literal = node.find("fval")->text("fval");
    std::int64_t big = 0;
    const auto [end, error] = std::from_chars(bound.literal.data(), bound.literal.data() + bound.literal.size(), big);
    const bool is_whole = error == std::errc() && end == bound.literal.data() + bound.literal.size();
    // Only -2147483648 comes this way and fits into an integer.
    const bool narrow = is_whole && big >= -2'147'483'648LL && big <= 2'147'483'647;
    sql = narrow ? Sql::int4 : is_whole ? Sql::int8 : Sql::numeric;
  }
  bound.unknown = true;
  bound.node = text_constant(bound.literal);
  bound.widest = static_cast<int>(bound.literal.size());
  return to_type(std::move(bound), type_from(sql));
}

std::optional<Bound> Binder::cast(const json::Value& node) {
  const json::Value* type_name = node.find("typeName");
  std::optional<Bound> argument = bind(*node.find("arg"));
  if (!argument) return std::nullopt;
  const std::size_t type_offset = offset_of(*type_name);
  const std::string name = last_name(type_name->find("names"));
  std::vector<int> modifiers;
  if (const json::Value* list = type_name->find("typmods"); list != nullptr && list->array() != nullptr)
    for (const json::Value& modifier : *list->array()) {
      const json::Value* value = modifier.find("A_Const");
      const json::Value* whole = value == nullptr ? nullptr : value->find("ival");
      if (whole == nullptr) return wrong(type_offset, "the modifiers of a type are plain numbers");
      modifiers.push_back(static_cast<int>(whole_number(*whole, offset_of(*value))));
    }
  if (name == "interval" && !modifiers.empty() && argument->unknown && !argument->is_null) {
    // interval '7' day: the fields as PostgreSQL's bits.
    constexpr std::pair<int, const char*> fields[] = {{1 << 2, " year"},  {1 << 1, " month"},   {1 << 3, " day"},
                                                      {1 << 10, " hour"}, {1 << 11, " minute"}, {1 << 12, " second"}};
    for (const auto& [bit, unit] : fields)
      if (modifiers[0] == bit && modifiers.size() == 1 && argument->literal.find_first_not_of("-+0123456789") == std::string::npos) {
        argument->node = text_constant(argument->literal + unit);
        modifiers.clear();
        break;
      }
  }
  const std::optional<Type> type = type_named(name, modifiers, type_name->find("arrayBounds") != nullptr);
  if (!type && name == "interval") return wrong(type_offset, "this form of interval is not supported", "write interval '7 days 12 hours'");
  if (!type) return wrong(type_offset, "casts to '" + name + "' with these modifiers are not supported", closest_type(name));
  if (!argument->unknown && !casts_explicitly(argument->type, *type))
    return wrong(argument->offset, "cannot cast " + argument->type.name + " to " + type->name);
  return to_type(*std::move(argument), *type);
}

/// Whether all arrays' elements have one length, precision and scale.
static bool same_elements(const std::vector<Bound>& bounds) {
  const Type* first = nullptr;
  for (const Bound& bound : bounds) {
    if (bound.unknown || bound.type.children.empty()) return false;
    const Type& element = bound.type.children[0];
    if (first == nullptr) first = &element;
    if (element.name != first->name || element.length != first->length || element.precision != first->precision ||
        element.scale != first->scale)
      return false;
  }
  return true;
}

bool Binder::unify(std::vector<Bound>& bounds, std::size_t offset, const char* what) {
  std::vector<Sql> types;
  const Bound* first = nullptr;
  bool same_modifiers = true;
  for (const Bound& bound : bounds) {
    types.push_back(bound.sql());
    if (bound.unknown) {
      same_modifiers = false;  // a literal has none
      continue;
    }
    if (first == nullptr) first = &bound;
    same_modifiers = same_modifiers && bound.type.length == first->type.length && bound.type.precision == first->type.precision &&
                     bound.type.scale == first->type.scale;
  }
  const std::optional<Sql> common = common_type(types);
  if (!common) {
    for (const Bound& bound : bounds)
      if (!bound.unknown && category_of(bound.sql()) != category_of(first->sql())) {
        wrong(offset, std::string(what) + " cannot take " + first->type.name + " and " + bound.type.name + " together", "cast one of them");
        return false;
      }
    wrong(offset, std::string(what) + " cannot take these types together", "cast them to one type");
    return false;
  }
  if (*common == Sql::dynamic) {
    for (Bound& bound : bounds) bound.unknown = false;  // each value keeps the type that it has
    return true;
  }
  Type type = type_from(*common);
  if (first != nullptr && *common == first->sql() &&
      (*common == Sql::array || *common == Sql::opaque || *common == Sql::enumeration || same_modifiers))
    type = first->type;
  if (*common == Sql::array && !type.children.empty() && !same_elements(bounds)) type = array_of(type_from(sql_of(type.children[0])));
  for (Bound& bound : bounds) {
    if (!bound.unknown && bound.sql() == *common && !must_convert(bound.type, type)) {
      bound.type = type;
      continue;
    }
    std::optional<Bound> typed = to_type(std::move(bound), type);
    if (!typed) return false;
    bound = *std::move(typed);
  }
  return true;
}

}  // namespace itemize::expr
