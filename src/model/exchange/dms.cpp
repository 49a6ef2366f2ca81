// AWS DMS table mappings into an itemize.yaml: one item type for each object mapping of each table that is selected.
#include <algorithm>
#include <optional>
#include <set>

#include "model/exchange/dms_rules.h"
#include "model/exchange/dms_values.h"
#include "model/exchange/importer.h"
#include "model/starter_key.h"
#include "model/starter_parts.h"
#include "model/yaml_text.h"

namespace itemize::model::exchange {
namespace {

using dms::ObjectMapping;
using dms::Selection;
using dms::Transformation;

bool concerns(const dms::Locator& locator, const row::Table& table) {
  return (table.schema.empty() || dms::matches(locator.schema, table.schema)) && dms::matches(locator.table, table.name);
}

std::string changed_case(std::string text, bool upper) {
  for (char& byte : text) {
    if (upper && byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte & ~0x20);
    if (!upper && byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte | 0x20);
  }
  return text;
}

/// The name that a transformation makes of another.
std::string renamed(const Transformation& rule, const std::string& name) {
  const std::string& action = rule.action;
  const auto without_prefix = [&](const std::string& prefix) { return name.starts_with(prefix) ? name.substr(prefix.size()) : name; };
  const auto without_suffix = [&](const std::string& suffix) {
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
  };
  if (action == "rename") return rule.value.empty() ? name : rule.value;
  if (action.ends_with("-lowercase")) return changed_case(name, false);
  if (action.ends_with("-uppercase")) return changed_case(name, true);
  if (action == "add-prefix") return rule.value + name;
  if (action == "add-suffix") return name + rule.value;
  if (action == "remove-prefix") return without_prefix(rule.value);
  if (action == "remove-suffix") return without_suffix(rule.value);
  if (action == "replace-prefix") return name.starts_with(rule.old_value) ? rule.value + without_prefix(rule.old_value) : name;
  if (action == "replace-suffix") return name.ends_with(rule.old_value) ? without_suffix(rule.old_value) + rule.value : name;
  return name;
}

/// What the rules make of one source table's columns.
struct Columns {
  std::vector<std::string> taken;                            ///< In the table's order.
  std::vector<std::pair<std::string, std::string>> renames;  ///< Of those.
  bool some_left_out = false;
};

class DmsImporter {
 public:
  DmsImporter(dms::Rules rules, const std::string& source_url, const row::Catalog& catalog, const Target& target)
      : rules_(std::move(rules)), importer_(source_url, catalog, target) {
    for (std::string& sentence : rules_.left_out) importer_.leave_out(std::move(sentence));
  }

  Imported run() {
    std::set<const ObjectMapping*> used;
    for (const row::Table& table : importer_.catalog().tables) {
      const Selection* selection = selection_of(table);
      if (selection == nullptr) continue;
      bool mapped = false;
      for (const ObjectMapping& mapping : rules_.mappings) {
        if (!concerns(mapping.locator, table)) continue;
        used.insert(&mapping);
        mapped = true;
        map_table(table, *selection, mapping);
      }
      if (!mapped) map_table(table, *selection, {});
    }
    for (const ObjectMapping& mapping : rules_.mappings)
      if (!used.contains(&mapping))
        importer_.leave_out("rule '" + mapping.name + "': no table that is selected is called " + mapping.locator.schema + "." +
                            mapping.locator.table);
    for (const Selection& selection : rules_.selections)
      if (selection.include &&
          std::ranges::none_of(importer_.catalog().tables, [&](const row::Table& table) { return concerns(selection.locator, table); }))
        importer_.leave_out("rule '" + selection.name + "': the source has no table " + selection.locator.schema + "." +
                            selection.locator.table);
    return importer_.finish(
        "# Made of AWS DMS table mappings by `itemize init --from-dms`. Compare it with what DMS wrote: `itemize preview` shows real "
        "items.\n"
        "# Where a column is NULL, a text made of several columns is absent here, and a key made of it is a reject: coalesce(column, '') "
        "opts out.\n");
  }

 private:
  /// An exclusion beats every inclusion; the first inclusion is the one whose filters count.
  const Selection* selection_of(const row::Table& table) const {
    const Selection* found = nullptr;
    for (const Selection& selection : rules_.selections) {
      if (!concerns(selection.locator, table)) continue;
      if (!selection.include) return nullptr;
      if (found == nullptr) found = &selection;
    }
    return found;
  }

  std::string target_table(const row::Table& table, const ObjectMapping& mapping) {
    std::string name = mapping.target_table;
    if (name.empty()) {
      name = table.name;
      for (const Transformation& rule : rules_.transformations)
        if (rule.target == "table" && concerns(rule.locator, table)) name = renamed(rule, name);
    }
    const bool allowed =
        name.size() >= 3 && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        });
    return allowed ? name : importer_.names().dynamo_table(table);
  }

  Columns columns_of(const row::Table& table, const ObjectMapping& mapping) const {
    std::vector<const Transformation*> rules;
    bool only_included = false;
    for (const Transformation& rule : rules_.transformations) {
      if (rule.target != "column" || !concerns(rule.locator, table)) continue;
      rules.push_back(&rule);
      only_included = only_included || rule.action == "include-column";
    }
    Columns columns;
    for (const row::Column& column : table.columns) {
      bool taken = !only_included && column.readable && column.type.kind != row::TypeKind::unsupported;
      taken = taken && std::ranges::find(mapping.exclude_columns, column.name) == mapping.exclude_columns.end();
      std::string name = column.name;
      for (const Transformation* rule : rules) {
        if (!dms::matches(rule->locator.column, column.name)) continue;
        if (rule->action == "include-column")
          taken = true;
        else if (rule->action == "remove-column")
          taken = false;
        else
          name = renamed(*rule, name);
      }
      if (!taken)
        columns.some_left_out = true;
      else
        columns.taken.push_back(column.name);
      if (taken && name != column.name) columns.renames.emplace_back(column.name, name);
    }
    return columns;
  }

  /// The template of a key attribute: its attribute mapping, or the column of that name.
  std::optional<std::string> key_template(const row::Table& table, const ObjectMapping& mapping, const std::string& name, char& type,
                                          const std::string& where) {
    for (const dms::AttributeMapping& attribute : mapping.attributes) {
      if (attribute.name != name) continue;
      const std::string* value = attribute.value.string();
      auto text = value != nullptr ? dms::to_template(*value, table)
                                   : std::expected<std::string, dms::Refusal>(std::unexpected("the key " + name + " is not made of text"));
      type = attribute.sub_type == "number" ? 'N' : 'S';
      if (text) return *text;
      importer_.leave_out(where + ": " + text.error());
      return std::nullopt;
    }
    if (const auto column = table.column(name)) {
      const row::TypeKind kind = table.columns[*column].type.kind;
      type = kind == row::TypeKind::integer || kind == row::TypeKind::decimal ? 'N' : kind == row::TypeKind::bytes ? 'B' : 'S';
      return dms::to_template("${" + name + "}", table).value_or("");
    }
    importer_.leave_out(where + ": the key attribute " + name + " is neither an attribute mapping nor a column of " + table.display_name());
    return std::nullopt;
  }

  /// Key attributes with their templates, and the table they make; nothing where there is no way (which is said).
  std::optional<std::vector<std::pair<std::string, std::string>>> keys_of(const row::Table& table, const ObjectMapping& mapping,
                                                                          TableBlock& block, const std::string& where) {
    std::vector<std::pair<std::string, std::string>> keys;
    if (mapping.partition_key.empty()) {
      // DMS takes the primary key where it has one column.
      const StarterKey key = starter_key(table);
      if (key.attributes.empty()) return importer_.leave_out(where + ": " + key.problem), std::nullopt;
      for (const StarterAttribute& attribute : key.attributes) {
        (keys.empty() ? block.partition_key : block.sort_key) = attribute.name;
        (keys.empty() ? block.partition_type : block.sort_type) = static_cast<char>(attribute.type);
        keys.emplace_back(attribute.name, attribute.value);
      }
      return keys;
    }
    block.partition_key = mapping.partition_key;
    block.sort_key = mapping.sort_key == mapping.partition_key ? "" : mapping.sort_key;
    const auto partition = key_template(table, mapping, block.partition_key, block.partition_type, where);
    if (!partition) return std::nullopt;
    keys.emplace_back(block.partition_key, *partition);
    if (block.sort_key.empty()) return keys;
    const auto sort = key_template(table, mapping, block.sort_key, block.sort_type, where);
    if (!sort) return std::nullopt;
    keys.emplace_back(block.sort_key, *sort);
    return keys;
  }

  void map_table(const row::Table& table, const Selection& selection, const ObjectMapping& mapping) {
    const std::string where =
        (mapping.name.empty() ? "table " + table.display_name() : "rule '" + mapping.name + "', table " + table.display_name());
    if (!table.readable) return importer_.leave_out(where + ": this user may not read it");
    const bool view = table.kind == row::TableKind::view || table.kind == row::TableKind::materialized_view;
    if (view && mapping.name.empty()) return importer_.leave_out(where + ": it is a view, and no rule says what its key is");
    TableBlock block;
    const auto keys = keys_of(table, mapping, block, where);
    if (!keys) return;
    const std::string target = target_table(table, mapping);
    std::string why;
    if (!importer_.add_table(target, block, why)) return importer_.leave_out(where + ": " + why);

    std::string lines = "    table: " + yaml_scalar(target) + "\n    from: " + from_text(table, importer_.catalog()) + "\n";
    if (table.row_identity() == nullptr) lines += "    identity: row   # the table has no key of its own\n    duplicates: reject\n";
    const auto filters = dms::to_where(selection.filters, table);
    if (!filters)
      importer_.leave_out(where + ": " + filters.error() + " (the item type is left out: without the filter it would take too many rows)");
    if (!filters) return;
    if (!filters->empty()) lines += "    where: " + yaml_quoted(*filters) + "\n";
    lines += "    key: { ";
    for (const auto& [name, text] : *keys)
      lines += (&name == &keys->front().first ? "" : ", ") + yaml_scalar(name) + ": " + yaml_quoted(text);
    lines += " }\n" + attribute_lines(table, mapping, *keys, where);
    importer_.add_item(importer_.names().item_type(table), lines, target, where);
  }

  std::string attribute_lines(const row::Table& table, const ObjectMapping& mapping,
                              const std::vector<std::pair<std::string, std::string>>& keys, const std::string& where) {
    Columns columns = columns_of(table, mapping);
    std::string set;
    std::set<std::string> written;
    for (const auto& [name, text] : keys) written.insert(name);
    for (const dms::AttributeMapping& attribute : mapping.attributes) {
      if (!written.insert(attribute.name).second) continue;
      const auto yaml = dms::to_yaml(attribute, table);
      if (yaml)
        set += "      " + yaml_scalar(attribute.name) + ": " + *yaml + "\n";
      else
        importer_.leave_out(where + ", attribute " + attribute.name + ": " + yaml.error());
    }
    if (mapping.to_document) {
      if (!columns.taken.empty()) set += "      _doc: " + dms::document_of(columns.taken) + "\n";
      return "    columns: none\n" + (set.empty() ? set : "    set:\n" + set);
    }
    // What a mapping writes under a column's name takes that column's place.
    const auto name_of = [&](const std::string& column) {
      const auto renamed_column = std::ranges::find(columns.renames, column, &std::pair<std::string, std::string>::first);
      return renamed_column == columns.renames.end() ? column : renamed_column->second;
    };
    const std::size_t before = columns.taken.size();
    std::erase_if(columns.taken, [&](const std::string& column) { return written.contains(name_of(column)); });
    std::string lines;
    if (columns.some_left_out || columns.taken.size() != before) {
      lines += columns.taken.empty() ? "    columns: none\n" : "    columns: [";
      for (const std::string& column : columns.taken) lines += (&column == &columns.taken.front() ? "" : ", ") + yaml_scalar(column);
      if (!columns.taken.empty()) lines += "]\n";
    }
    std::string renames;
    for (const auto& [from, to] : columns.renames)
      if (std::ranges::find(columns.taken, from) != columns.taken.end())
        renames += (renames.empty() ? "" : ", ") + yaml_scalar(from) + ": " + yaml_scalar(to);
    if (!renames.empty()) lines += "    rename: { " + renames + " }\n";
    return lines + (set.empty() ? "" : "    set:\n" + set);
  }

  dms::Rules rules_;
  Importer importer_;
};

}  // namespace

Result<Imported> from_dms(std::string_view mappings, const std::string& source_url, const row::Catalog& catalog, const Target& target) {
  return DmsImporter(TRY(dms::parse(mappings)), source_url, catalog, target).run();
}

}  // namespace itemize::model::exchange
