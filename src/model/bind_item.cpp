#include "model/bind_item.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/json.h"
#include "model/locate.h"
#include "model/names.h"
#include "model/policies.h"
#include "model/resolve.h"

namespace itemize::model {

namespace {

/// What a key attribute asks of its value; absent for other attributes.
struct KeyUse {
  const KeyAttribute* attribute = nullptr;
  bool table_key = false;
  bool sort = false;        // the table's sort key
  bool index_sort = false;  // a sort key of some index
};

class ItemBinder {
 public:
  ItemBinder(Findings& findings, const Model& model, std::size_t index, const row::Table& from)
      : findings_(findings),
        model_(model),
        item_(model.items[index]),
        from_(from),
        path_("items." + item_.name),
        table_(*model.table(item_.table)) {
    std::vector<std::size_t> columns(from.columns.size());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    scope_ = scope_of(from, columns);
    draft_.bound.index = index;
    draft_.bound.item = &item_;
    draft_.bound.from = &from;
    for (std::size_t source = 0; source < model.sources.size(); ++source)
      if (model.sources[source].name == item_.from.source) draft_.bound.source = source;
    draft_.bound.table_index = static_cast<std::size_t>(&table_ - model.tables.data());
  }

  DraftItem run() {
    find_key_uses();
    bind_sensitive();
    bind_keys();
    bind_index_keys();
    bind_columns();
    bind_set();
    bind_where();
    bind_identity();
    bind_time_to_live();
    check_types();
    return std::move(draft_);
  }

 private:
  const SourceSpec& source() const { return model_.sources[draft_.bound.source]; }

  void find_key_uses() {
    for (const KeyAttribute* attribute : table_.key())
      uses_[attribute->name] = {attribute, true, attribute != &table_.partition_key, false};
    for (const Index& index : table_.indexes) {
      for (const auto* list : {&index.partition_key, &index.sort_key})
        for (const KeyAttribute& attribute : *list) {
          KeyUse& use = uses_[attribute.name];
          if (use.attribute == nullptr) use.attribute = &attribute;
          if (list == &index.sort_key) use.index_sort = true;
        }
    }
  }

  void bind_sensitive() {
    for (const Text& name : item_.sensitive)
      if (const auto column = resolve_column(findings_, path_ + ".sensitive", name, from_)) draft_.sensitive.insert(*column);
  }

  /// Compiles a template; nullopt with findings at the places of its mistakes.
  std::optional<expr::Program> compile(const Text& text, const std::string& path, bool expression) {
    auto program = expression ? expr::compile_expression(text.value, scope_) : expr::compile_template(text.value, scope_);
    if (!program) {
      for (const expr::Diagnostic& diagnostic : program.error())
        findings_.error(place_in_scalar(model_.text, text, diagnostic.offset), path, diagnostic.message, diagnostic.hint);
      return std::nullopt;
    }
    bool usable = true;
    for (const std::size_t column : program->slots()) {
      usable = check_readable(findings_, path, text.place, from_, column, source()) && usable;
      draft_.columns.insert(column);
    }
    if (!usable) return std::nullopt;
    return std::move(*program);
  }

  /// A constant in DynamoDB JSON; nullopt with a finding where it does not fit.
  std::optional<std::string> constant_text(const std::string& text, const Value& value, const KeyUse* use, const std::string& path) {
    const std::string type = use != nullptr       ? std::string(1, static_cast<char>(use->attribute->type))
                             : value.type.empty() ? "S"
                                                  : value.type;
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

  std::optional<std::string> number_constant(const std::string& text, Place place, const std::string& path) {
    const std::string number = canonical_number(text);
    if (!number.empty()) return "{\"N\":\"" + number + "\"}";
    findings_.error(place, path, quote(text) + " is not a number that DynamoDB can hold", "up to 38 digits, from 1E-130 to 9.99E+125");
    return std::nullopt;
  }

  void set_key_use(BoundAttribute& bound, const KeyUse* use) {
    if (use == nullptr) return;
    bound.table_key = use->table_key;
    bound.sort = use->sort;
    bound.index_key = !use->table_key;
    bound.index_sort = use->index_sort;
    bound.key_type = use->attribute->type;
  }

  const KeyUse* use_of(std::string_view attribute) const {
    const auto found = uses_.find(std::string(attribute));
    return found == uses_.end() ? nullptr : &found->second;
  }

  /// Checks that values of `type` can become the key attribute.
  void check_key_type(const KeyUse& use, const row::Type& type, Place place, const std::string& path) {
    const KeyType key_type = use.attribute->type;
    if (can_be_key(type, key_type)) return;
    const std::string where = "the key attribute " + quote(use.attribute->name) + " of type " + static_cast<char>(key_type);
    std::string hint = key_type == KeyType::N   ? "declare it as S, or use an expression that gives a number"
                       : key_type == KeyType::B ? "declare it as S, or use a binary column"
                                                : "declare it as B, or use encode(column, 'hex')";
    findings_.error(place, path, "a value of type " + type_words(type) + " cannot become " + where, std::move(hint));
  }

  /// An attribute from a template or a constant of the model. Nothing where it has mistakes.
  void bind_value(const Text& attribute, const Value& value, const std::string& path) {
    DraftAttribute draft;
    draft.bound.name = attribute.value;
    draft.bound.place = value.place;
    draft.bound.nulls_write = nulls_write();
    const KeyUse* use = use_of(attribute.value);
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
    taken_.emplace(attribute.value, draft_.attributes.size());
    draft_.attributes.push_back(std::move(draft));
  }

  std::optional<std::string> plain_constant(const Value& value, const KeyUse* use, const std::string& path) {
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

  bool bind_template(DraftAttribute& draft, const Text& text, const Value& value, const KeyUse* use, const std::string& path) {
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

  bool use_program(DraftAttribute& draft, expr::Program program, const Text& text, const Value& value, const KeyUse* use,
                   const std::string& path) {
    BoundAttribute& bound = draft.bound;
    bound.type = program.type();
    for (const expr::Piece& piece : program.pieces())
      if (piece.may_cut && use != nullptr)
        findings_.warning(place_in_scalar(model_.text, text, text.value.find(piece.source)), path,
                          quote(piece.source) + " can cut the value: two rows could get one key",
                          "make it as wide as the widest value, or use sortable()");
    for (const std::size_t column : program.slots()) bound.sensitive = bound.sensitive || draft_.sensitive.contains(column);
    if (use != nullptr) check_key_type(*use, bound.type, text.place, path);
    draft.pieces = program.pieces();
    if (const auto column = program.as_column()) {
      bound.slot = *column;
      bound.from_column = from_.columns[*column].name;
      bound.type = from_.columns[*column].type;
      if (value.type.empty() && use == nullptr) apply_policies(bound);
    } else {
      draft.text = &text;
      bound.program = std::move(program);
    }
    if (use == nullptr && !value.type.empty() && !can_write(bound.type, bound.write_as))
      findings_.error(value.place, path, "a value of type " + type_words(bound.type) + " cannot be written as " + value.type);
    return true;
  }

  bool nulls_write() const { return item_.nulls_write.value_or(model_.nulls_write); }

  /// column_types, then types, as the model says for the column that `bound` copies.
  void apply_policies(BoundAttribute& bound) {
    const TypePolicy* by_column = policy_for_column(item_.column_types, bound.from_column);
    const TypePolicy* policy = by_column != nullptr ? by_column : policy_for(model_.types, bound.type);
    if (policy == nullptr) return;
    bound.write_as = write_as_of(policy->as);
    bound.otherwise = otherwise_of(policy->otherwise);
    if (can_write(bound.type, bound.write_as)) return;
    findings_.error(
        policy->place, by_column != nullptr ? path_ + ".column_types." + bound.from_column : "types",
        "a value of type " + type_words(bound.type) + " (column " + quote(bound.from_column) + ") cannot be written as " + policy->as);
  }

  void bind_keys() {
    for (const KeyAttribute* attribute : table_.key())
      for (const auto& [name, value] : item_.key)
        if (name.value == attribute->name) bind_value(name, value, path_ + ".key." + name.value);
  }

  void bind_index_keys() {
    for (const auto& [index, values] : item_.index_keys)
      for (const auto& [name, value] : values) bind_value(name, value, path_ + ".index_keys." + index.value + "." + name.value);
  }

  /// The columns that become attributes of their own, in the table's order.
  std::vector<bool> chosen_columns() {
    std::vector<bool> chosen(from_.columns.size(), item_.all_columns);
    for (const Text& name : item_.columns)
      if (const auto column = resolve_column(findings_, path_ + ".columns", name, from_)) chosen[*column] = true;
    for (const Text& name : item_.except) {
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

  void bind_columns() {
    const std::vector<bool> chosen = chosen_columns();
    std::map<std::size_t, const Text*> renamed;
    for (const auto& [column, name] : item_.rename) {
      const auto index = resolve_column(findings_, path_ + ".rename", column, from_);
      if (!index) continue;
      renamed[*index] = &name;
      if (!chosen[*index])
        findings_.warning(column.place, path_ + ".rename", "the column " + quote(column.value) + " is renamed, but not taken");
    }
    for (const auto& [column, policy] : item_.column_types) resolve_column(findings_, path_ + ".column_types", column, from_);
    for (std::size_t column = 0; column < chosen.size(); ++column) {
      if (!chosen[column]) continue;
      const auto name = renamed.find(column);
      bind_column(column, name == renamed.end() ? nullptr : name->second);
    }
  }

  void bind_column(std::size_t column, const Text* renamed) {
    const row::Column& source_column = from_.columns[column];
    DraftAttribute draft;
    draft.bound.name = renamed != nullptr ? renamed->value : apply_naming(item_.naming, source_column.name);
    draft.bound.place = renamed != nullptr ? renamed->place : column_place(source_column.name);
    if (const auto other = taken_.find(draft.bound.name); other != taken_.end())
      return column_meets(column, draft.bound, draft_.attributes[other->second].bound);
    if (!check_readable(findings_, path_ + ".from", draft.bound.place, from_, column, source())) return;
    draft.bound.slot = column;
    draft.bound.type = source_column.type;
    draft.bound.from_column = source_column.name;
    draft.bound.sensitive = draft_.sensitive.contains(column);
    draft.bound.nulls_write = nulls_write();
    const KeyUse* use = use_of(draft.bound.name);
    set_key_use(draft.bound, use);
    if (use != nullptr) {
      check_key_type(*use, draft.bound.type, draft.bound.place, path_ + ".from");
    } else {
      apply_policies(draft.bound);
    }
    draft_.columns.insert(column);
    taken_.emplace(draft.bound.name, draft_.attributes.size());
    draft_.attributes.push_back(std::move(draft));
  }

  Place column_place(const std::string& name) const {
    for (const Text& column : item_.columns)
      if (column.value == name) return column.place;
    return item_.from.place;
  }

  /// A column would become an attribute that is there already: fine where it is the same column, else a mistake.
  void column_meets(std::size_t column, const BoundAttribute& wanted, const BoundAttribute& there) {
    const row::Column& source_column = from_.columns[column];
    const bool same = !there.program && there.constant.empty() && there.slot == column;
    if (same && (there.table_key || there.index_key)) return;
    const std::string what = "the column " + quote(source_column.name);
    if (there.table_key || there.index_key) {
      findings_.error(wanted.place, path_,
                      what + " would be written as " + quote(wanted.name) + ", which is a key attribute with a template of its own",
                      "rename it (rename: { " + source_column.name + ": ... }), or name it under except");
    } else {
      findings_.error(wanted.place, path_,
                      "the columns " + quote(there.from_column) + " and " + quote(source_column.name) + " would both be written as " +
                          quote(wanted.name),
                      "rename one of them, or name it under except");
    }
  }

  void bind_set() {
    for (const auto& [name, value] : item_.set) {
      const std::string path = path_ + ".set." + name.value;
      const auto other = taken_.find(name.value);
      if (other == taken_.end()) {
        bind_value(name, value, path);
        continue;
      }
      const BoundAttribute& there = draft_.attributes[other->second].bound;
      findings_.error(name.place, path, quote(name.value) + " is already written from the column " + quote(there.from_column),
                      "name the column under except to replace it, or rename one of the two");
    }
  }

  void bind_where() {
    if (!item_.where) return;
    auto program = compile(*item_.where, path_ + ".where", true);
    if (!program) return;
    if (program->type().kind != row::TypeKind::boolean)
      findings_.error(item_.where->place, path_ + ".where", "where must be true or false, but this gives " + type_words(program->type()),
                      "compare it with something: x <> 0");
    draft_.bound.where = std::move(*program);
  }

  void bind_identity() {
    std::vector<std::size_t>& identity = draft_.identity;
    for (const Text& name : item_.identity)
      if (const auto column = resolve_column(findings_, path_ + ".identity", name, from_)) identity.push_back(*column);
    if (item_.identity.empty() && !item_.identity_row) {
      const row::UniqueKey* key = from_.row_identity();
      if (key != nullptr)
        identity = key->columns;
      else
        findings_.error(
            item_.from.place, path_ + ".from",
            quote(from_.display_name()) + " has no primary key and no unique key over NOT NULL columns: its rows cannot be told apart",
            "write identity: [columns] that are unique together, or identity: row");
    }
    for (const std::size_t column : identity)
      if (check_readable(findings_, path_ + ".identity", item_.from.place, from_, column, source())) draft_.columns.insert(column);
  }

  void bind_time_to_live() {
    if (!table_.time_to_live) return;
    const auto found = taken_.find(table_.time_to_live->attribute);
    if (found == taken_.end()) return;
    const BoundAttribute& bound = draft_.attributes[found->second].bound;
    draft_.bound.ttl_attribute = found->second;
    draft_.bound.skip_expired = !table_.time_to_live->write_expired;
    const bool constant_number = bound.constant.starts_with("{\"N\"");
    const bool number = constant_number || bound.write_as == WriteAs::N ||
                        (bound.constant.empty() && bound.write_as == WriteAs::automatic && can_be_key(bound.type, KeyType::N));
    if (!number)
      findings_.warning(bound.place, path_,
                        "the time_to_live attribute " + quote(bound.name) + " is not a number: DynamoDB will not expire these items",
                        "write epoch(column), which gives seconds since 1970");
  }

  /// Parts of an index key without the others: the item would never be in that index.
  void check_types() {
    for (const auto& [name, values] : item_.index_keys)
      for (const Index& index : table_.indexes) {
        if (index.name != name.value) continue;
        for (const auto* list : {&index.partition_key, &index.sort_key})
          for (const KeyAttribute& attribute : *list)
            if (!taken_.contains(attribute.name) && !findings_.has_error())
              findings_.warning(name.place, path_ + ".index_keys." + name.value,
                                "nothing writes " + quote(attribute.name) + ": these items will not be in the index " + quote(index.name));
      }
  }

  Findings& findings_;
  const Model& model_;
  const ItemType& item_;
  const row::Table& from_;
  const std::string path_;
  const DynamoTable& table_;
  expr::Scope scope_;
  std::map<std::string, KeyUse> uses_;
  std::map<std::string, std::size_t> taken_;  // attribute -> index in draft_.attributes
  DraftItem draft_;
};

}  // namespace

DraftItem bind_item(Findings& findings, const Model& model, std::size_t item_index, const row::Table& from) {
  return ItemBinder(findings, model, item_index, from).run();
}

expr::Scope scope_of(const row::Table& table, const std::vector<std::size_t>& slots) {
  expr::Scope scope;
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    scope.names.push_back({table.columns[column].name, table.columns[column].type, slots[column], table.columns[column].nullable});
  return scope;
}

std::string string_constant(std::string_view text) {
  std::string constant = "{\"S\":";
  json::append_quoted(constant, text);
  return constant + "}";
}

}  // namespace itemize::model
