#include "model/exchange/importer.h"

#include <algorithm>

#include "model/starter_parts.h"
#include "model/yaml_text.h"

namespace itemize::model::exchange {

std::string TableBlock::to_yaml(const std::string& name) const {
  std::string text = "  " + yaml_scalar(name) + ":\n    partition_key: { " + yaml_scalar(partition_key) + ": " + partition_type + " }\n";
  if (!sort_key.empty()) text += "    sort_key: { " + yaml_scalar(sort_key) + ": " + sort_type + " }\n";
  return text + (more.empty() ? "    billing_mode: PAY_PER_REQUEST\n" : more);
}

Importer::Importer(const std::string& source_url, const row::Catalog& catalog, const Target& target)
    : start_(starter_head(source_url, target)), catalogs_{catalog} {}

bool Importer::add_table(const std::string& name, const TableBlock& table, std::string& why) {
  for (const auto& [known, there] : tables_) {
    if (known != name) continue;
    const bool same = there.partition_key == table.partition_key && there.sort_key == table.sort_key &&
                      there.partition_type == table.partition_type && there.sort_type == table.sort_type;
    if (!same) why = "the table " + name + " has another key in an earlier rule";
    return same;
  }
  why = first_mistake(start_ + "tables:\n" + table.to_yaml(name) + "items: {}\n", catalogs_);
  if (!why.empty()) return false;
  tables_.emplace_back(name, table);
  return true;
}

void Importer::add_item(const std::string& name, const std::string& lines, const std::string& table, const std::string& where_from) {
  const std::string block = "  " + yaml_scalar(name) + ":\n" + lines;
  const auto its_table = std::ranges::find(tables_, table, &std::pair<std::string, TableBlock>::first);
  const std::string problem = its_table == tables_.end()
                                  ? "there is no table " + table
                                  : first_mistake(start_ + "tables:\n" + its_table->second.to_yaml(table) + "items:\n" + block, catalogs_);
  if (!problem.empty()) return leave_out(where_from + ": " + problem);
  items_ += block;
  ++item_types_;
}

Imported Importer::finish(const std::string& introduction) {
  Imported imported;
  imported.text = introduction;
  if (!left_out_.empty()) imported.text += "#\n# What could not be carried over:\n";
  for (const std::string& sentence : left_out_) imported.text += "#  - " + yaml_comment(sentence) + "\n";
  imported.text += "\n" + start_ + "\n";
  imported.text += tables_.empty() ? "tables: {}\n" : "tables:\n";
  for (const auto& [name, table] : tables_) imported.text += table.to_yaml(name);
  imported.text += items_.empty() ? "\nitems: {}\n" : "\nitems:\n" + items_;
  imported.item_types = item_types_;
  imported.left_out = std::move(left_out_);
  return imported;
}

}  // namespace itemize::model::exchange
