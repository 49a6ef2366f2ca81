// lookup, embed and for_each: rows of other tables, and many items from one row.
#include <algorithm>
#include <limits>
#include <set>

#include "model/keys.h"
#include "model/parts.h"
#include "model/slips.h"

namespace itemize::model {

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
/// A tree's level is an L and an M: DynamoDB takes 32 levels of nesting.
constexpr std::uint64_t deepest_tree = 15;
constexpr std::uint64_t deepest_lookup = 1000;
/// Where a recursive lookup does not say.
constexpr std::uint64_t usual_depth = 50;

/// One column, or a list of them.
std::vector<Text> parse_names(Reader& reader, const Field& field) {
  if (field.value->kind == NodeKind::sequence) {
    std::vector<Text> names = reader.texts(field, "columns");
    if (names.empty() && field.value->elements.empty()) reader.error(field, "the list names no column");
    return names;
  }
  std::vector<Text> names;
  if (auto name = reader.text(field, "a column, or a list of columns")) names.push_back(std::move(*name));
  return names;
}

void parse_match(Reader& reader, const Field& field, Relation& relation) {
  relation.match_place = field.place();
  const auto entries = reader.entries(field, "columns that reference to columns that are referenced");
  for (const Field& entry : entries)
    if (auto referenced = reader.text(entry, "a column"))
      relation.match.emplace_back(Text{entry.name(), entry.key_place()}, std::move(*referenced));
  if (entries.empty() && field.value->kind == NodeKind::map)
    reader.error(field, "match names no columns", "write match: { customer_id: id }");
}

void parse_via(Reader& reader, const Field& field, Relation& relation) {
  Via& via = relation.via.emplace();
  via.place = via.from.place = field.place();
  if (field.value->kind != NodeKind::map) {
    if (const auto table = reader.text(field, "the name of the table between the two")) via.from.table = table->value;
    return;
  }
  const auto entries = reader.known_entries(field, keys::via, "table, from_parent, to_child and columns");
  for (const Field& entry : entries) {
    if (entry.name() == "from_parent") {
      via.from_parent = parse_names(reader, entry);
    } else if (entry.name() == "to_child") {
      via.to_child = parse_names(reader, entry);
    } else if (entry.name() == "columns") {
      Shaping chosen;
      parse_columns(reader, entry, chosen);
      via.columns = std::move(chosen.columns);
    } else if (const auto name = reader.text(entry, "a name")) {
      (entry.name() == "table" ? via.from.table : via.from.schema) = name->value;
      if (entry.name() == "table") via.from.place = name->place;
    }
  }
  if (find(entries, "table") == nullptr)
    reader.error(field, "the name of the table between the two is missing",
                 "write via: { table: ..., from_parent: [...], to_child: [...] }");
}

void parse_shape(Reader& reader, const Field& field, Relation& relation) {
  relation.shape_place = field.place();
  if (field.value->kind != NodeKind::map) {
    if (const auto choice = reader.choice(field, keys::shapes)) relation.shape = static_cast<Shape>(*choice);
    return;
  }
  const auto entries = reader.known_entries(field, keys::shape_maps, "map_by, sum, min or max to a column");
  if (entries.size() != 1 && field.value->entries.size() != 1) {
    reader.error(field, "a shape is one thing", "write shape: { map_by: column }, or { sum: column }, { min: column }, { max: column }");
    return;
  }
  for (const Field& entry : entries) {
    auto column = reader.template_text(entry, "a column or a SQL expression");
    if (!column) continue;
    if (column->value.find_first_not_of(" \t\r\n") == std::string::npos) reader.error(entry, "the column is missing");
    for (std::size_t index = 0; index < keys::shape_maps.size(); ++index)
      if (keys::shape_maps[index] == entry.name()) relation.shape = static_cast<Shape>(keys::shapes.size() + index);
    relation.shape_of = std::move(*column);
  }
}

void parse_order(Reader& reader, const Field& field, Relation& relation) {
  const std::string_view how = "columns: [placed_at, -id], or { placed_at: desc }";
  std::set<std::string> seen;
  const auto add = [&](const Field& at, Text column, bool descending) {
    if (!seen.insert(column.value).second) return reader.error(at, "the order has " + quote(column.value) + " twice");
    relation.order_by.push_back({std::move(column), descending});
  };
  for (const Field& element : reader.elements(field, how)) {
    if (element.value->kind == NodeKind::map) {
      const auto entries = reader.entries(element, "a column to asc or desc");
      for (const Field& entry : entries)
        if (const auto choice = reader.choice(entry, keys::order)) add(entry, {entry.name(), entry.key_place()}, *choice == 1);
      continue;
    }
    auto column = reader.text(element, "a column");
    if (!column) continue;
    const bool descending = column->value.size() > 1 && column->value.starts_with('-');
    if (descending) column->value.erase(0, 1);
    add(element, std::move(*column), descending);
  }
}

void parse_overflow(Reader& reader, const Field& field, Relation& relation) {
  relation.overflow_place = field.key_place();
  if (field.value->kind != NodeKind::map) {
    if (const auto choice = reader.choice(field, keys::on_overflow)) relation.on_overflow = static_cast<OnOverflow>(*choice);
    return;
  }
  relation.on_overflow = OnOverflow::spill;
  const auto entries = reader.known_entries(field, keys::overflow, "spill");
  const Field* spill = find(entries, "spill");
  if (spill == nullptr) {
    reader.error(field, "the word spill is missing", "write on_overflow: { spill: { key: { ... }, items: 100 } }");
    return;
  }
  const auto parts = reader.known_entries(*spill, keys::spill, "key and items");
  for (const Field& part : parts) {
    if (part.name() == "key") relation.spill_key = parse_values(reader, part, "the table's key attributes to templates", true);
    if (part.name() == "items") relation.spill_items = reader.number(part, 1, most).value_or(0);
  }
  if (find(parts, "key") == nullptr && spill->value->kind == NodeKind::map)
    reader.error(*spill, "the further items have no key",
                 "write spill: { key: { PK: \"...\", SK: \"...#{chunk}\" }, items: 100 }; {chunk} counts them from 0");
}

void parse_recursive(Reader& reader, const Field& field, Relation& relation) {
  relation.recursive_place = field.key_place();
  const std::string hint = relation.embed ? "a tree: recursive: true, max_depth: 5" : "the top of a tree: recursive: root, max_depth: 50";
  const bool is_true =
      field.value->kind == NodeKind::scalar && scalar_kind(*field.value) == ScalarKind::boolean && (field.value->text[0] | 0x20) == 't';
  const bool is_root = field.value->kind == NodeKind::scalar && field.value->text == "root";
  if (relation.embed ? is_true : is_root)
    relation.recursive = true;
  else if (relation.embed && is_root)
    reader.error(field, "recursive: root goes with lookup", hint);
  else
    reader.error(field,
                 std::string("this must be ") + (relation.embed ? "true" : "the word root") + ", not " +
                     std::string(Reader::kind_words(*field.value)),
                 hint);
}

void parse_part(Reader& reader, const Field& entry, Relation& relation) {
  const std::string& name = entry.name();
  if (parse_shaping(reader, entry, relation)) return;
  if (name == "from") parse_from(reader, entry, relation.from);
  if (name == "from" && !relation.from.schemas.empty())
    reader.error(entry, "schemas is for item types only", "a related table is looked for in the schema of its owner's table");
  if (name == "by") relation.by = parse_names(reader, entry);
  if (name == "foreign_key") relation.foreign_key = reader.text(entry, "the name of a foreign key");
  if (name == "match") parse_match(reader, entry, relation);
  if (name == "via") parse_via(reader, entry, relation);
  if (name == "shape") parse_shape(reader, entry, relation);
  if (name == "order_by") parse_order(reader, entry, relation);
  if (name == "limit") relation.limit = reader.number(entry, 1, most);
  if (name == "max_bytes") relation.max_bytes = reader.number(entry, 1, most);
  if (name == "on_overflow") parse_overflow(reader, entry, relation);
  if (name == "flatten") relation.flatten = reader.boolean(entry).value_or(false);
  if (name == "recursive") parse_recursive(reader, entry, relation);
  if (name == "max_depth") relation.max_depth = reader.number(entry, 1, relation.embed ? deepest_tree : deepest_lookup).value_or(1);
}

/// How the rows are joined is said once.
void check_join(Reader& reader, const std::vector<Field>& entries) {
  const Field* first = nullptr;
  for (const std::string_view name : {"by", "foreign_key", "match", "via"}) {
    const Field* field = find(entries, name);
    if (field == nullptr) continue;
    if (first != nullptr)
      reader.key_error(*field, std::string(name) + " and " + first->name() + " exclude each other",
                       first->name() == "via" || name == "via" ? "with via: { table, from_parent, to_child } say which columns"
                                                               : "one of them says how the rows belong together");
    else
      first = field;
  }
}

void check_overflow(Reader& reader, const std::vector<Field>& entries, const Relation& relation) {
  const bool many = relation.shape == Shape::list || relation.shape == Shape::set || relation.shape == Shape::map_by;
  for (const std::string_view name : {"limit", "max_bytes", "on_overflow"})
    if (const Field* field = find(entries, name); field != nullptr && !many)
      reader.key_error(*field, std::string(name) + " has a meaning only with shape: list, set or map_by",
                       "the other shapes are one value, however many rows there are");
  if (const Field* field = find(entries, "on_overflow"); field != nullptr && many && !relation.limit && !relation.max_bytes &&
                                                         find(entries, "limit") == nullptr && find(entries, "max_bytes") == nullptr)
    reader.key_error(*field, "on_overflow has a meaning only with limit or max_bytes", "say how much is embedded: limit: 200");
  const bool ordered = many || relation.shape == Shape::one;
  if (const Field* field = find(entries, "order_by"); field != nullptr && (!ordered || relation.shape == Shape::set))
    if (!ordered || (!relation.limit && !relation.max_bytes))
      reader.findings.warning(field->key_place(), field->path, "order_by changes nothing here", "");
}

void check_relation(Reader& reader, const Field& field, const std::vector<Field>& entries, Relation& relation) {
  if (field.value->kind != NodeKind::map) return;
  if (find(entries, "from") == nullptr && find(entries, "via") == nullptr)
    reader.key_error(field, std::string(relation.embed ? "the embed" : "the lookup") + " has no from",
                     "write from: with the table whose rows are wanted");
  else if (find(entries, "from") == nullptr)
    reader.key_error(field, "the embed has no from", "from names the table at the far end, via the one between");
  check_join(reader, entries);
  check_shaping(reader, entries);
  if (relation.embed) check_overflow(reader, entries, relation);
  if (relation.flatten && !relation.all_columns && relation.columns.empty() && relation.set.empty() && relation.lookups.empty() &&
      relation.embeds.empty())
    reader.findings.warning(find(entries, "flatten")->key_place(), field.path, "flatten changes nothing: the lookup has columns: none");
  const Field* recursive = find(entries, "recursive");
  const Field* depth = find(entries, "max_depth");
  if (depth != nullptr && recursive == nullptr)
    reader.key_error(*depth, "max_depth has a meaning only with recursive",
                     relation.embed ? "a tree: recursive: true" : "the top of a tree: recursive: root");
  if (relation.recursive && depth == nullptr) {
    if (relation.embed)
      reader.key_error(*recursive, "the tree has no max_depth", "write max_depth: from 1 to 15 levels; what is deeper becomes a reject");
    relation.max_depth = usual_depth;
  }
  if (relation.recursive && relation.via) reader.key_error(*recursive, "recursive does not go with via");
  if (relation.recursive && relation.embed &&
      !(relation.shape == Shape::list || relation.shape == Shape::map_by || relation.shape == Shape::one))
    reader.key_error(*recursive, "a tree has the shape list, map_by or one");
  if (relation.recursive && !relation.embed && !(relation.lookups.empty() && relation.embeds.empty()))
    reader.key_error(*recursive, "a recursive lookup has no relations of its own", "look up what belongs to the row itself");
}

}  // namespace

void parse_relations(Reader& reader, const Field& field, bool embed, std::vector<Relation>& relations) {
  for (const Field& entry : reader.entries(field, embed ? "embeds by attribute name" : "lookups by name")) {
    Relation& relation = relations.emplace_back();
    relation.name = entry.name();
    relation.embed = embed;
    relation.place = entry.key_place();
    check_attribute_name(reader, entry.key_place(), entry.path, entry.name(), false);
    if (!embed && entry.name().find('.') != std::string::npos)
      reader.key_error(entry, "a lookup's name has no dot", "expressions write name.column");
    const auto entries = embed ? reader.known_entries(entry, keys::embed, "the embed's parts")
                               : reader.known_entries(entry, keys::lookup, "the lookup's parts");
    for (const Field& part : entries) parse_part(reader, part, relation);
    check_relation(reader, entry, entries, relation);
  }
}

void parse_for_each(Reader& reader, const Field& field, ItemType& item) {
  const auto entries = reader.entries(field, "a name to a template that gives an array");
  if (entries.size() != 1) {
    if (field.value->kind == NodeKind::map)
      reader.error(field, "for_each takes one name and its array", "write for_each: { tag: \"{tags}\" }");
    return;
  }
  auto array = reader.template_text(entries[0], "a template that gives an array");
  if (!array) return;
  if (entries[0].name().empty() || entries[0].name().find('.') != std::string::npos)
    return reader.key_error(entries[0], "this cannot be a name in expressions", "use letters, digits and '_'");
  if (array->value.find('{') == std::string::npos)
    return reader.error(entries[0], "this is a constant, not a template that gives an array",
                        "write \"{" + array->value.substr(0, 60) + "}\"");
  item.for_each = ForEach{{entries[0].name(), entries[0].key_place()}, std::move(*array)};
}

}  // namespace itemize::model
