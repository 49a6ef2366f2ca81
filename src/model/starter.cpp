#include <algorithm>
#include <set>

#include "model/bind.h"
#include "model/findings.h"
#include "model/starter_key.h"
#include "model/starter_names.h"
#include "model/starter_parts.h"
#include "model/yaml_text.h"

namespace itemize::model {

namespace {

/// One source table's share of the file.
struct Block {
  const row::Table* from = nullptr;
  std::string table;        ///< Under `tables:`.
  std::string item;         ///< Under `items:`.
  std::string problem;      ///< Why it is written as a comment; empty: it is not.
};

std::string flow_list(const std::vector<std::string>& names) {
  std::string result = "[";
  for (const std::string& name : names) result += (result.size() > 1 ? ", " : "") + yaml_scalar(name);
  return result + "]";
}

std::string comment_line(std::string_view text) { return "    # " + yaml_comment(text) + "\n"; }

std::string with_thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string table_block(const std::string& name, const StarterKey& key) {
  std::string text = "  " + yaml_scalar(name) + ":\n";
  static constexpr std::string_view parts[] = {"partition_key", "sort_key"};
  for (std::size_t index = 0; index < key.attributes.size(); ++index) {
    const StarterAttribute& attribute = key.attributes[index];
    text += "    " + std::string(parts[index]) + ": { " + yaml_scalar(attribute.name) + ": " + static_cast<char>(attribute.type) + " }\n";
  }
  return text + "    billing_mode: PAY_PER_REQUEST\n";
}

/// What the table's foreign keys suggest, as comments.
std::string relation_comments(const row::Table& table) {
  std::string text;
  for (const row::ForeignKey& key : table.foreign_keys) {
    std::vector<std::string> columns = key.columns;
    text += comment_line(list_words(columns) + " -> " + key.parent_table + ": to list the rows of one " + singular(key.parent_table) +
                         ", put both into one table (PK made of " + list_words(columns) + "), or add a GSI on " + (columns.size() == 1 ? "it" : "them"));
  }
  return text;
}

std::string column_comments(const row::Table& table) {
  std::vector<std::string> except, sensitive, secret;
  std::string text;
  for (const row::Column& column : table.columns) {
    if (!column.readable || column.type.kind == row::TypeKind::unsupported) {
      text += comment_line(column.name + (column.readable ? " has the type " + column.type.name + ", which cannot be read" : " may not be read by this user"));
      except.push_back(column.name);
      continue;
    }
    if (looks_secret(column.name)) secret.push_back(column.name);
    if (looks_sensitive(column.name)) sensitive.push_back(column.name);
  }
  if (!secret.empty()) text += comment_line("should " + list_words(secret) + " be moved at all? If not: except: " + flow_list(secret));
  if (!except.empty()) text += "    except: " + flow_list(except) + "\n";
  if (!sensitive.empty()) text += "    sensitive: " + flow_list(sensitive) + "   # masked in logs, rejects, previews and reports\n";
  return text;
}

std::string item_block(const std::string& name, const std::string& dynamo_table, const row::Table& table, const row::Catalog& catalog, const StarterKey& key) {
  std::string text = "  " + yaml_scalar(name) + ":";
  if (table.estimated_rows) text += "   # about " + with_thousands(*table.estimated_rows) + " rows";
  text += "\n    table: " + yaml_scalar(dynamo_table) + "\n    from: " + from_text(table, catalog) + "\n    key: { ";
  for (std::size_t index = 0; index < key.attributes.size(); ++index)
    text += (index > 0 ? ", " : "") + yaml_scalar(key.attributes[index].name) + ": " + yaml_quoted(key.attributes[index].value);
  text += " }\n";
  if (!key.proven) text += comment_line("that this key is unique is not proven by its form: `itemize check --scan` looks at the data");
  return text + relation_comments(table) + column_comments(table);
}

Block make_block(const std::string& start, const row::Table& table, const std::vector<row::Catalog>& catalogs, StarterNames& names) {
  Block block;
  block.from = &table;
  const StarterKey key = starter_key(table);
  const bool view = table.kind == row::TableKind::view || table.kind == row::TableKind::materialized_view;
  if (!table.readable) block.problem = table.obstacle.empty() ? "this user may not read it" : table.obstacle;
  else if (view) block.problem = std::string("it is a ") + (table.kind == row::TableKind::view ? "view" : "materialised view") + ": say what identifies its rows (identity: [columns]) to read it";
  else if (key.attributes.empty()) block.problem = key.problem;
  if (!block.problem.empty()) return block;
  const std::string dynamo_table = names.dynamo_table(table);
  block.table = table_block(dynamo_table, key);
  block.item = item_block(names.item_type(table), dynamo_table, table, catalogs[0], key);
  block.problem = first_mistake(start + "tables:\n" + block.table + "items:\n" + block.item, catalogs);
  return block;
}

/// In MySQL a schema is a database of its own: what is wanted is the one that the URL names.
bool is_other_database(const row::Catalog& catalog, const row::Table& table) {
  const bool schemas_are_databases = catalog.engine == "MySQL" || catalog.engine == "MariaDB";
  return schemas_are_databases && !catalog.database.empty() && !table.default_schema;
}

/// A block that is left out, as a comment that can be filled in.
std::string left_out(const Block& block) {
  const row::Table& table = *block.from;
  std::string text = "  # " + yaml_comment(table.display_name()) + " is left out: " + yaml_comment(block.problem) + ".\n";
  if (!table.readable) return text;
  std::vector<std::string> columns;
  for (const row::Column& column : table.columns)
    if (columns.size() < 20) columns.push_back(column.name);
  if (!columns.empty()) text += "  #   its columns: " + yaml_comment(list_words(columns)) + "\n";
  text += "  #   NAME: { table: TABLE, from: " + yaml_comment(yaml_scalar(table.name)) + ", key: { PK: \"...\" }, identity: [COLUMNS] }   # or identity: row, duplicates: number\n";
  return text;
}

constexpr std::string_view introduction = R"(# How rows become DynamoDB items. Written by `itemize init`; it loads as it is, one item type a table, each into a table of its own.
#
# Before you load, think about how the application will read:
#  - What is read together belongs together: several item types can share one table and one partition key, such as
#    PK: "CUSTOMER#{id}" with SK: PROFILE for the customer and SK: "ORDER#{sortable(id)}" for each order.
#  - Another way to find items is a global secondary index (global_secondary_indexes under tables, index_keys under items).
#  - An attribute is called like its column; naming: camelCase and rename change that.
# `itemize check` shows what it makes of this file, `itemize preview` real items.
)";

}  // namespace

std::string from_text(const row::Table& table, const row::Catalog& catalog) {
  if (table.default_schema && catalog.find({}, table.name) == &table) return yaml_scalar(table.name);
  return "{ schema: " + yaml_scalar(table.schema) + ", table: " + yaml_scalar(table.name) + " }";
}

std::string starter_head(const std::string& source_url, const Target& target) {
  std::string text = "itemize: 1\nsource: " + yaml_quoted(source_url) + "\n";
  std::string settings;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) settings += (settings.empty() ? "" : ", ") + std::string(key) + ": " + yaml_quoted(value);
  };
  add("region", target.region);
  add("account", target.account);
  add("endpoint", target.endpoint);
  if (settings.empty()) return text + "# target: { region: eu-west-1 }   # without it: AWS_REGION, or the region in ~/.aws/config\n";
  return text + "target: { " + settings + " }\n";
}

std::string first_mistake(const std::string& yaml, const std::vector<row::Catalog>& catalogs) {
  const auto first_error = [](const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
      if (finding.severity == Severity::error) return finding.message;
    return std::string();
  };
  const ParseResult parsed = parse_model("itemize.yaml", yaml, {});
  if (!parsed.model) return first_error(parsed.findings);
  return first_error(bind_model(*parsed.model, catalogs).findings);
}

std::string starter_model(const std::string& source_url, const row::Catalog& catalog, const Target& target) {
  const std::string start = starter_head(source_url, target);
  const std::vector<row::Catalog> catalogs = {catalog};
  StarterNames names;
  std::string tables, items, others;
  std::set<std::string> other_databases;
  for (const row::Table& table : catalogs[0].tables) {
    if (is_other_database(catalogs[0], table)) {
      other_databases.insert(table.schema);
      continue;
    }
    const Block block = make_block(start, table, catalogs, names);
    if (!block.problem.empty()) {
      others += left_out(block);
      continue;
    }
    tables += block.table;
    items += block.item;
  }
  std::string text = std::string(introduction) + "\n" + start + "\n";
  text += tables.empty() ? "tables: {}\n" : "tables:\n" + tables;
  text += items.empty() ? "\nitems: {}\n" : "\nitems:\n" + items;
  if (!others.empty()) text += "\n" + others;
  if (!other_databases.empty()) {
    const std::vector<std::string> names(other_databases.begin(), other_databases.end());
    text += "\n  # Other databases of the server are left out: " + yaml_comment(list_words(names)) + ". To read one: from: { schema: DATABASE, table: TABLE }\n";
  }
  return text;
}

}  // namespace itemize::model
