// How rows become attributes: the parts that item types and relations have in common.
#include "model/keys.h"
#include "model/parts.h"

namespace itemize::model {

namespace {

void parse_where(Reader& reader, const Field& entry, Shaping& shaping) {
  shaping.where = reader.template_text(entry, "a SQL expression");
  if (!shaping.where) return;
  if (shaping.where->value.find_first_not_of(" \t\r\n") == std::string::npos) {
    reader.error(entry, "the expression is empty", "leave where out to take every row");
    shaping.where.reset();
  } else if (shaping.where->value.starts_with('{') && shaping.where->value.ends_with('}')) {
    reader.error(entry, "where is an expression, not a template", "leave the braces out");
    shaping.where.reset();
  }
}

void parse_rename(Reader& reader, const Field& field, Shaping& shaping) {
  for (const Field& entry : reader.entries(field, "columns to attribute names")) {
    auto name = reader.text(entry, "an attribute's name");
    if (!name) continue;
    check_attribute_name(reader, entry.place(), entry.path, name->value, false);
    shaping.rename.emplace_back(Text{entry.name(), entry.key_place()}, std::move(*name));
  }
}

}  // namespace

void parse_columns(Reader& reader, const Field& field, Shaping& shaping) {
  if (field.value->kind == NodeKind::scalar) {
    if (field.value->text == "none")
      shaping.all_columns = false;
    else
      reader.error(field, quote(field.value->text) + " is neither a list of columns nor the word none",
                   "write columns: [" + field.value->text.substr(0, 60) + "], or leave it out for every column");
    return;
  }
  shaping.all_columns = false;
  shaping.columns = reader.texts(field, "columns, or the word none");
}

bool parse_shaping(Reader& reader, const Field& entry, Shaping& shaping) {
  const std::string& name = entry.name();
  if (name == "where") {
    parse_where(reader, entry, shaping);
  } else if (name == "columns") {
    parse_columns(reader, entry, shaping);
  } else if (name == "except") {
    shaping.except = reader.texts(entry, "columns or patterns");
  } else if (name == "naming") {
    if (const auto choice = reader.choice(entry, keys::namings)) shaping.naming = static_cast<Naming>(*choice);
  } else if (name == "rename") {
    parse_rename(reader, entry, shaping);
  } else if (name == "set") {
    shaping.set = parse_values(reader, entry, "attributes to templates", false);
  } else if (name == "sensitive") {
    shaping.sensitive = reader.texts(entry, "columns");
  } else if (name == "column_types") {
    parse_types(reader, entry, shaping.column_types);
  } else if (name == "nulls") {
    if (const auto choice = reader.choice(entry, keys::nulls)) shaping.nulls_write = *choice == 1;
  } else if (name == "lookup") {
    parse_relations(reader, entry, false, shaping.lookups);
  } else if (name == "embed") {
    parse_relations(reader, entry, true, shaping.embeds);
  } else {
    return false;
  }
  return true;
}

void check_shaping(Reader& reader, const std::vector<Field>& entries) {
  if (const Field* except = find(entries, "except"); except != nullptr && find(entries, "columns") != nullptr)
    reader.key_error(*except, "columns and except exclude each other", "columns says which ones are taken, except which ones are not");
}

}  // namespace itemize::model
