#include "model/attribute_binder.h"

#include <algorithm>

#include "base/json.h"
#include "model/locate.h"
#include "model/names.h"
#include "model/policies.h"
#include "model/resolve.h"
#include "model/schemas.h"

namespace itemize::model {

AttributeBinder::AttributeBinder(BindState& state, const Shaping& shaping, const RowScope& scope, AttributeList& list, Inherited inherited,
                                 std::string path, std::string prefix, Place from_place)
    : state_(state),
      findings_(state.findings),
      shaping_(shaping),
      scope_(scope),
      from_(*scope.rows().table),
      list_(list),
      settings_(inherited.of(shaping)),
      path_(std::move(path)),
      prefix_(std::move(prefix)),
      of_item_(prefix_.empty()),
      from_place_(from_place) {}

void AttributeBinder::bind_sensitive() {
  for (const Text& name : shaping_.sensitive) {
    const auto column = resolve_column(findings_, path_ + ".sensitive", name, from_);
    if (!column) continue;
    sensitive_.insert(*column);
    state_.sensitive[&from_].insert(*column);
  }
}

std::optional<expr::Program> AttributeBinder::compile(const Text& text, const std::string& path, bool expression) {
  auto program = expression ? expr::compile_expression(text.value, scope_.names()) : expr::compile_template(text.value, scope_.names());
  if (!program) {
    for (const expr::Diagnostic& diagnostic : program.error())
      findings_.error(place_in_scalar(state_.model.text, text, diagnostic.offset), path, diagnostic.message, diagnostic.hint);
    return std::nullopt;
  }
  bool usable = true;
  for (const std::size_t number : program->slots()) {
    const RowScope::Reference& reference = scope_.reference(number);
    if (reference.rows == nullptr) continue;
    usable = check_readable(findings_, path, text.place, *reference.rows->table, reference.column, state_.source) && usable;
    reference.rows->needed.insert(reference.column);
  }
  if (!usable) return std::nullopt;
  return std::move(*program);
}

bool AttributeBinder::is_sensitive(const expr::Program& program) const {
  return std::ranges::any_of(program.slots(), [&](std::size_t number) { return sensitive_.contains(number); });
}

bool AttributeBinder::reads_relations(const expr::Program& program) const {
  return std::ranges::any_of(program.slots(), [&](std::size_t number) { return scope_.reference(number).rows != &scope_.rows(); });
}

std::optional<std::size_t> AttributeBinder::number_of(const Text& name, const std::string& path) {
  std::vector<std::string> names;
  for (const expr::Name& known : scope_.names().names) {
    names.push_back(known.text);
    if (known.text != name.value) continue;
    const RowScope::Reference& reference = scope_.reference(known.slot);
    if (!check_readable(findings_, path, name.place, *reference.rows->table, reference.column, state_.source)) return std::nullopt;
    reference.rows->needed.insert(reference.column);
    return known.slot;
  }
  findings_.error(name.place, path, "there is no column " + quote(name.value),
                  did_you_mean_or(name.value, names, "there is " + list_words(names)));
  return std::nullopt;
}

std::optional<expr::Program> AttributeBinder::bind_where() {
  if (!shaping_.where) return std::nullopt;
  auto program = compile(*shaping_.where, path_ + ".where", true);
  if (program && program->type().kind != row::TypeKind::boolean)
    findings_.error(shaping_.where->place, path_ + ".where", "where must be true or false, but this gives " + type_words(program->type()),
                    "compare it with something: x <> 0");
  return program;
}

namespace {

void set_key_use(BoundAttribute& bound, const KeyUse* use) {
  if (use == nullptr) return;
  bound.table_key = use->table_key;
  bound.sort = use->sort;
  bound.index_key = !use->table_key;
  bound.index_sort = use->index_sort;
  bound.key_type = use->attribute->type;
}

}  // namespace

/// A constant in DynamoDB JSON; nullopt with a finding where it does not fit.
std::optional<std::string> AttributeBinder::constant_text(const std::string& text, const Value& value, const KeyUse* use,
                                                          const std::string& path) {
  const std::string type = use != nullptr ? std::string(1, static_cast<char>(use->attribute->type)) : value.type.empty() ? "S" : value.type;
  if (use != nullptr && text.empty()) {
    findings_.error(value.place, path, "a key attribute cannot be an empty string", "DynamoDB refuses it");
    return std::nullopt;
  }
  const std::size_t most = use == nullptr ? SIZE_MAX : use->sort || use->index_sort ? 1024 : 2048;
  if (text.size() > most) {
    findings_.error(value.place, path, "this key is longer than DynamoDB's " + std::to_string(most) + " bytes");
    return std::nullopt;
  }
  if (type == "S") return string_constant(text);
  if (type == "N") return number_constant(text, value.place, path);
  findings_.error(value.place, path, "a constant cannot be written as " + type,
                  use != nullptr ? "use an expression over a column, or declare the key attribute as S"
                                 : "use an expression over a column, or leave type out");
  return std::nullopt;
}

std::optional<std::string> AttributeBinder::number_constant(const std::string& text, Place place, const std::string& path) {
  const std::string number = canonical_number(text);
  if (!number.empty()) return "{\"N\":\"" + number + "\"}";
  findings_.error(place, path, quote(text) + " is not a number that DynamoDB can hold", "up to 38 digits, from 1E-130 to 9.99E+125");
  return std::nullopt;
}

/// Checks that values of `type` can become the key attribute.
void AttributeBinder::check_key_type(const KeyUse& use, const row::Type& type, Place place, const std::string& path) {
  const KeyType key_type = use.attribute->type;
  if (can_be_key(type, key_type)) return;
  const std::string where = "the key attribute " + quote(use.attribute->name) + " of type " + static_cast<char>(key_type);
  std::string hint = key_type == KeyType::N   ? "declare it as S, or use an expression that gives a number"
                     : key_type == KeyType::B ? "declare it as S, or use a binary column"
                                              : "declare it as B, or use encode(column, 'hex')";
  findings_.error(place, path, "a value of type " + type_words(type) + " cannot become " + where, std::move(hint));
}

/// An attribute from a template or a constant of the model. Nothing where it has mistakes.
void AttributeBinder::bind_value(const Text& attribute, const Value& value, const std::string& path, AttributeList& list) {
  DraftAttribute draft;
  draft.scope = &scope_;
  draft.bound.name = attribute.value;
  draft.bound.place = value.place;
  draft.bound.nulls_write = settings_.nulls_write;
  const KeyUse* use = list.use_of(attribute.value);
  set_key_use(draft.bound, use);
  if (!value.type.empty()) draft.bound.write_as = write_as_of(value.type);
  if (std::holds_alternative<Text>(value.content)) {
    if (!bind_template(draft, std::get<Text>(value.content), value, use, path)) return;
  } else if (const auto constant = plain_constant(value, use, path)) {
    draft.bound.constant = *constant;
    draft.pieces.emplace_back().literal = value.number;
  } else {
    return;
  }
  list.taken.emplace(attribute.value, list.attributes.size());
  list.attributes.push_back(std::move(draft));
}

std::optional<std::string> AttributeBinder::plain_constant(const Value& value, const KeyUse* use, const std::string& path) {
  if (!value.number.empty()) {
    if (use != nullptr && use->attribute->type != KeyType::N) return constant_text(value.number, value, use, path);
    if (use == nullptr && !value.type.empty() && value.type != "N") return constant_text(value.number, value, use, path);
    return number_constant(value.number, value.place, path);
  }
  if (const bool* flag = std::get_if<bool>(&value.content); flag != nullptr && use == nullptr)
    return *flag ? "{\"BOOL\":true}" : "{\"BOOL\":false}";
  if (use == nullptr) return "{\"NULL\":true}";
  findings_.error(value.place, path, "this cannot be a key attribute's value", "write a string or a template in quotes");
  return std::nullopt;
}

bool AttributeBinder::bind_template(DraftAttribute& draft, const Text& text, const Value& value, const KeyUse* use,
                                    const std::string& path) {
  std::string literal = text.value;
  if (text.value.find_first_of("{}") != std::string::npos) {
    auto program = compile(text, path, false);
    if (!program) return false;
    const bool dynamic = std::ranges::any_of(program->pieces(), [](const expr::Piece& piece) { return piece.is_expression; });
    if (dynamic) return use_program(draft, std::move(*program), text, value, use, path);
    literal.clear();
    for (const expr::Piece& piece : program->pieces()) literal += piece.literal;
  }
  const auto constant = constant_text(literal, value, use, path);
  if (!constant) return false;
  draft.bound.constant = *constant;
  draft.pieces.emplace_back().literal = literal;
  draft.bound.type.kind = row::TypeKind::text;
  draft.bound.write_as = WriteAs::automatic;
  return true;
}

bool AttributeBinder::use_program(DraftAttribute& draft, expr::Program program, const Text& text, const Value& value, const KeyUse* use,
                                  const std::string& path) {
  BoundAttribute& bound = draft.bound;
  bound.type = program.type();
  for (const expr::Piece& piece : program.pieces())
    if (piece.may_cut && use != nullptr)
      findings_.warning(place_in_scalar(state_.model.text, text, text.value.find(piece.source)), path,
                        quote(piece.source) + " can cut the value: two rows could get one key",
                        "make it as wide as the widest value, or use sortable()");
  bound.sensitive = is_sensitive(program);
  draft.reads_relations = reads_relations(program);
  if (use != nullptr) check_key_type(*use, bound.type, text.place, path);
  draft.pieces = program.pieces();
  if (const auto number = program.as_column()) {
    bound.slot = *number;
    const RowScope::Reference& reference = scope_.reference(*number);
    const bool own = reference.rows == &scope_.rows();
    if (reference.rows != nullptr) bound.type = reference.rows->table->columns[reference.column].type;
    draft.column = text.value.substr(1, text.value.size() - 2);
    if (own && of_item_) bound.from_column = from_.columns[*number].name;
    if (value.type.empty() && use == nullptr) apply_policies(bound, own ? from_.columns[*number].name : "");
  } else {
    draft.text = &text;
    bound.program = std::move(program);
  }
  if (use == nullptr && !value.type.empty() && !can_write(bound.type, bound.write_as))
    findings_.error(value.place, path, "a value of type " + type_words(bound.type) + " cannot be written as " + value.type);
  return true;
}

/// column_types, then types, as the model says for the column that `bound` copies.
void AttributeBinder::apply_policies(BoundAttribute& bound, const std::string& column) {
  const TypePolicy* by_column = policy_for_column(shaping_.column_types, column);
  const TypePolicy* policy = by_column != nullptr ? by_column : policy_for(state_.model.types, bound.type);
  if (policy == nullptr) return;
  bound.write_as = write_as_of(policy->as);
  bound.otherwise = otherwise_of(policy->otherwise);
  if (can_write(bound.type, bound.write_as)) return;
  findings_.error(policy->place, by_column != nullptr ? path_ + ".column_types." + column : "types",
                  "a value of type " + type_words(bound.type) + " (column " + quote(column) + ") cannot be written as " + policy->as);
}

/// The columns that become attributes of their own, in the table's order.
std::vector<bool> AttributeBinder::chosen_columns() {
  std::vector<bool> chosen(from_.columns.size(), shaping_.all_columns);
  for (std::size_t column = 0; column < chosen.size(); ++column) chosen[column] = chosen[column] && !is_schema_name(from_.columns[column]);
  for (const Text& name : shaping_.columns)
    if (const auto column = resolve_column(findings_, path_ + ".columns", name, from_)) chosen[*column] = true;
  for (const Text& name : shaping_.except) {
    if (!is_pattern(name.value) || from_.column(name.value)) {
      if (const auto column = resolve_column(findings_, path_ + ".except", name, from_)) chosen[*column] = false;
      continue;
    }
    bool found = false;
    for (std::size_t column = 0; column < chosen.size(); ++column)
      if (matches_pattern(name.value, from_.columns[column].name)) {
        found = true;
        chosen[column] = false;
      }
    if (!found)
      findings_.warning(name.place, path_ + ".except",
                        "the pattern " + quote(name.value) + " fits no column of " + quote(from_.display_name()));
  }
  return chosen;
}

void AttributeBinder::bind_columns() {
  const std::vector<bool> chosen = chosen_columns();
  std::map<std::size_t, const Text*> renamed;
  for (const auto& [column, name] : shaping_.rename) {
    const auto index = resolve_column(findings_, path_ + ".rename", column, from_);
    if (!index) continue;
    renamed[*index] = &name;
    if (!chosen[*index])
      findings_.warning(column.place, path_ + ".rename", "the column " + quote(column.value) + " is renamed, but not taken");
  }
  for (const auto& [column, policy] : shaping_.column_types) resolve_column(findings_, path_ + ".column_types", column, from_);
  for (std::size_t column = 0; column < chosen.size(); ++column) {
    if (!chosen[column]) continue;
    const auto name = renamed.find(column);
    bind_column(column, name == renamed.end() ? nullptr : name->second);
  }
}

void AttributeBinder::bind_column(std::size_t column, const Text* renamed) {
  const row::Column& source_column = from_.columns[column];
  DraftAttribute draft;
  draft.bound.name = renamed != nullptr ? renamed->value : apply_naming(settings_.naming, source_column.name);
  draft.bound.place = renamed != nullptr ? renamed->place : column_place(source_column.name);
  if (const auto other = list_.taken.find(draft.bound.name); other != list_.taken.end())
    return column_meets(column, draft.bound, list_.attributes[other->second]);
  if (!check_readable(findings_, path_ + ".from", draft.bound.place, from_, column, state_.source)) return;
  draft.scope = &scope_;
  draft.column = prefix_ + source_column.name;
  draft.bound.slot = column;
  draft.bound.type = source_column.type;
  if (of_item_) {
    draft.bound.from_column = source_column.name;
  } else if (shaping_.all_columns) {
    draft.bound.every_of = &from_;
    draft.bound.every_column = source_column.name;
  }
  draft.reads_relations = !of_item_;
  draft.bound.sensitive = sensitive_.contains(column);
  draft.bound.nulls_write = settings_.nulls_write;
  const KeyUse* use = list_.use_of(draft.bound.name);
  set_key_use(draft.bound, use);
  if (use != nullptr) {
    check_key_type(*use, draft.bound.type, draft.bound.place, path_ + ".from");
  } else {
    apply_policies(draft.bound, source_column.name);
  }
  scope_.rows().needed.insert(column);
  list_.taken.emplace(draft.bound.name, list_.attributes.size());
  list_.attributes.push_back(std::move(draft));
}

Place AttributeBinder::column_place(const std::string& name) const {
  for (const Text& column : shaping_.columns)
    if (column.value == name) return column.place;
  return from_place_;
}

/// A column would become an attribute that is there already: fine where it is the same column, else a mistake.
void AttributeBinder::column_meets(std::size_t column, const BoundAttribute& wanted, const DraftAttribute& other) {
  const row::Column& source_column = from_.columns[column];
  const BoundAttribute& there = other.bound;
  const bool same = other.scope == &scope_ && !there.program && there.constant.empty() && !other.nested && there.slot == column;
  if (same && (there.table_key || there.index_key)) return;
  const std::string what = "the column " + quote(prefix_ + source_column.name);
  if (there.table_key || there.index_key) {
    findings_.error(wanted.place, path_,
                    what + " would be written as " + quote(wanted.name) + ", which is a key attribute with a template of its own",
                    "rename it (rename: { " + source_column.name + ": ... }), or name it under except");
  } else {
    findings_.error(wanted.place, path_,
                    (other.column.empty() ? what + " and another attribute"
                                          : "the columns " + quote(other.column) + " and " + quote(prefix_ + source_column.name)) +
                        " would both be written as " + quote(wanted.name),
                    "rename one of them, or name it under except");
  }
}

void AttributeBinder::bind_set() {
  for (const auto& [name, value] : shaping_.set) {
    const std::string path = path_ + ".set." + name.value;
    const auto other = list_.taken.find(name.value);
    if (other == list_.taken.end()) {
      bind_value(name, value, path, list_);
      continue;
    }
    const DraftAttribute& there = list_.attributes[other->second];
    findings_.error(name.place, path,
                    quote(name.value) + " is already written" + (there.column.empty() ? "" : " from the column " + quote(there.column)),
                    "name the column under except to replace it, or rename one of the two");
  }
}

std::string string_constant(std::string_view text) {
  std::string constant = "{\"S\":";
  json::append_quoted(constant, text);
  return constant + "}";
}

}  // namespace itemize::model
