#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/keys.h"
#include "model/parts.h"
#include "model/slips.h"

namespace itemize::model {

namespace {

/// Item types name files (rejects/<Item>.jsonl) and are typed on command lines.
void check_item_name(Reader& reader, const Field& field) {
  const std::string& name = field.name();
  const bool letters = std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
  if (!letters || name.empty() || name.size() > 128 || name[0] == '-')
    reader.key_error(field, "an item type's name has 1 to 128 letters, digits, '_' and '-'", "its rejects are kept in a file of that name");
}

/// A template, a constant, or `{ expr: "...", type: SS }`.
std::optional<Value> parse_value(Reader& reader, const Field& field) {
  const Node& node = *field.value;
  Value value;
  value.place = field.place();
  if (node.kind == NodeKind::null) {
    value.content = std::monostate{};
    return value;
  }
  if (node.kind == NodeKind::map && unquoted_template(node).empty()) {
    const auto entries = reader.known_entries(field, keys::value, "expr and type");
    const Field* expr = find(entries, "expr");
    if (expr == nullptr) {
      reader.error(field, "this must be a template or a constant, not a map", "a map here is { expr: \"{...}\", type: SS }");
      return std::nullopt;
    }
    auto inner = parse_value(reader, *expr);
    if (const Field* type = find(entries, "type"))
      if (const auto choice = reader.choice(*type, keys::write_types); choice && inner) inner->type = keys::write_types[*choice];
    return inner;
  }
  if (node.kind == NodeKind::sequence) {
    reader.error(field, "this must be a template or a constant, not a list",
                 "an expression can make one: { expr: \"{string_to_array(x, ',')}\", type: SS }");
    return std::nullopt;
  }
  switch (scalar_kind(node)) {
    case ScalarKind::boolean:
      value.content = (node.text[0] | 0x20) == 't';
      return value;
    case ScalarKind::integer:
    case ScalarKind::real: {
      if (node.text.find_first_not_of("+-0123456789.eE") != std::string::npos) {
        reader.error(field, "this number cannot be written to DynamoDB as it stands", "write it in decimal, or in quotes if it is text");
        return std::nullopt;
      }
      value.number = node.text;
      value.content = std::strtod(node.text.c_str(), nullptr);
      return value;
    }
    case ScalarKind::text:
      break;
  }
  auto text = reader.template_text(field, "a template or a constant");
  if (!text) return std::nullopt;
  value.content = std::move(*text);
  return value;
}

}  // namespace

std::vector<std::pair<Text, Value>> parse_values(Reader& reader, const Field& field, std::string_view of_what, bool key) {
  std::vector<std::pair<Text, Value>> values;
  for (const Field& entry : reader.entries(field, of_what)) {
    check_attribute_name(reader, entry.key_place(), entry.path, entry.name(), key);
    if (key && entry.value->kind == NodeKind::null) {
      reader.key_error(entry, "the key attribute has no template", "write it in quotes: \"ORDER#{id}\"");
    }
    auto value = parse_value(reader, entry);
    if (value && key && !value->type.empty())
      reader.error(entry, "the type of a key attribute is declared under tables, not here",
                   "leave type out: the value is converted to the declared type");
    if (value && key && std::holds_alternative<bool>(value->content))
      reader.error(entry, "a key attribute cannot be true or false", "write it in quotes if it is text");
    // One with a mistake is kept, so that it is not called missing as well; there will be no model.
    values.emplace_back(Text{entry.name(), entry.key_place()}, value ? std::move(*value) : Value{});
  }
  return values;
}

void parse_from(Reader& reader, const Field& field, From& from) {
  from.place = field.place();
  if (field.value->kind != NodeKind::map) {
    if (const auto table = reader.text(field, "the name of a source table")) from.table = table->value;
    return;
  }
  const auto entries = reader.known_entries(field, keys::from, "table, schema and source");
  for (const Field& entry : entries) {
    const auto value = reader.text(entry, entry.name() == "schemas" ? "a LIKE pattern" : "a name");
    if (!value) continue;
    (entry.name() == "table"     ? from.table
     : entry.name() == "schema"  ? from.schema
     : entry.name() == "schemas" ? from.schemas
                                 : from.source) = value->value;
    if (entry.name() == "table") from.place = value->place;
  }
  if (!from.schema.empty() && !from.schemas.empty())
    reader.error(field, "schema and schemas exclude each other", "schema is one, schemas is a LIKE pattern for many");
  if (find(entries, "table") == nullptr)
    reader.error(field, "the name of the table is missing", "write { source: ..., schema: ..., table: ... }");
}

namespace {

void parse_index_keys(Reader& reader, const Field& field, ItemType& item) {
  for (const Field& entry : reader.entries(field, "indexes by name"))
    item.index_keys.emplace_back(Text{entry.name(), entry.key_place()}, parse_values(reader, entry, "key attributes to templates", true));
}

void parse_identity(Reader& reader, const Field& field, ItemType& item) {
  if (field.value->kind == NodeKind::scalar) {
    if (field.value->text == "row")
      item.identity_row = true;
    else
      reader.error(field, quote(field.value->text) + " is neither a list of columns nor the word row",
                   "write identity: [" + field.value->text.substr(0, 60) + "]");
    return;
  }
  item.identity = reader.texts(field, "columns, or the word row");
  if (item.identity.empty() && field.value->kind == NodeKind::sequence) reader.error(field, "identity names no column");
}

/// Parts of the language that come with a later version, where going on without them would write other items.
void refuse_later(Reader& reader, const Field& field) {
  const std::string& name = field.name();
  const std::string what = name == "application_owned" ? "application_owned (attributes that only the application writes)" : name;
  reader.key_error(field, what + " is not supported by this version", "it would change the items, so it cannot be passed over");
}

void parse_item_entry(Reader& reader, const Field& entry, ItemType& item) {
  const std::string& name = entry.name();
  if (parse_shaping(reader, entry, item)) return;
  if (name == "table") {
    if (const auto table = reader.text(entry, "the name of a table under tables")) {
      item.table = table->value;
      item.table_place = table->place;
    }
  } else if (name == "from") {
    parse_from(reader, entry, item.from);
  } else if (name == "key") {
    item.key = parse_values(reader, entry, "the table's key attributes to templates", true);
  } else if (name == "index_keys") {
    parse_index_keys(reader, entry, item);
  } else if (name == "for_each") {
    parse_for_each(reader, entry, item);
  } else if (name == "new_columns") {
    if (const auto choice = reader.choice(entry, keys::new_columns)) item.new_columns = static_cast<NewColumns>(*choice);
  } else if (name == "identity") {
    parse_identity(reader, entry, item);
  } else if (name == "duplicates") {
    item.duplicates_place = entry.key_place();
    if (const auto choice = reader.choice(entry, keys::duplicates)) item.duplicates = static_cast<Duplicates>(*choice + 1);
  } else if (name == "script") {
    item.script = parse_script(reader, entry);
  } else {
    refuse_later(reader, entry);
  }
}

void check_item(Reader& reader, const Field& field, const std::vector<Field>& entries, const ItemType& item) {
  for (const std::string_view needed : {"table", "from", "key"})
    if (find(entries, needed) == nullptr)
      reader.key_error(field, "the item type has no " + std::string(needed),
                       needed == "key" ? "write key: { PK: \"...\", SK: \"...\" } with the table's key attributes" : "");
  check_shaping(reader, entries);
  if (const Field* duplicates = find(entries, "duplicates"); duplicates != nullptr && !item.identity_row)
    reader.key_error(*duplicates, "duplicates has a meaning only with identity: row", "a table with a key has no duplicate rows");
}

// The enumerations stand in the order of the words in keys.h.
static_assert(static_cast<int>(NewColumns::ignore) == 1 && static_cast<int>(Duplicates::number) == 3 &&
              static_cast<int>(Naming::pascal_case) == 3);

}  // namespace

std::optional<TypePolicy> parse_policy(Reader& reader, const Field& field) {
  TypePolicy policy;
  policy.place = field.place();
  if (field.value->kind != NodeKind::map) {
    const auto choice = reader.choice(field, keys::write_types);
    if (!choice) return std::nullopt;
    policy.as = keys::write_types[*choice];
    return policy;
  }
  for (const Field& entry : reader.known_entries(field, keys::policy, "as and otherwise")) {
    if (entry.name() == "as") {
      if (const auto choice = reader.choice(entry, keys::write_types)) policy.as = keys::write_types[*choice];
    } else if (entry.value->kind == NodeKind::null) {
      policy.otherwise = "null";  // `otherwise: null` without quotes says what it means
    } else if (const auto choice = reader.choice(entry, keys::otherwise)) {
      policy.otherwise = keys::otherwise[*choice];
    }
  }
  return policy;
}

void parse_types(Reader& reader, const Field& field, std::vector<std::pair<Text, TypePolicy>>& types) {
  for (const Field& entry : reader.entries(field, "names to S, N, B, BOOL and the like"))
    if (auto policy = parse_policy(reader, entry)) types.emplace_back(Text{entry.name(), entry.key_place()}, std::move(*policy));
}

void parse_items(Reader& reader, const Field& field, Model& model) {
  std::set<std::string> lower_names;
  const auto items = reader.entries(field, "item types by name");
  for (const Field& entry : items) {
    ItemType item;
    item.name = entry.name();
    item.place = entry.key_place();
    check_item_name(reader, entry);
    if (!lower_names.insert(lower(entry.name())).second)
      reader.key_error(entry, "another item type has the same name but for the case of its letters",
                       "files are named after item types, and some file systems ignore case");
    const auto entries = reader.known_entries(entry, keys::item, "the item type's parts");
    for (const Field& part : entries) parse_item_entry(reader, part, item);
    if (entry.value->kind == NodeKind::map) check_item(reader, entry, entries, item);
    model.items.push_back(std::move(item));
  }
  if (items.empty() && field.value->kind == NodeKind::map)
    reader.findings.warning(field.place(), field.path, "there is no item type: nothing will be moved");
}

}  // namespace itemize::model
