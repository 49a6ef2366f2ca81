#include "cli/write_diagram.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "cli/diagram.h"
#include "cli/text.h"
#include "item/limits.h"

namespace itemize::cli {
namespace {

/// With more source tables than this, only keys and what they are made of are shown.
constexpr std::size_t most_detailed_tables = 12;

std::string key_words(const std::vector<model::KeyAttribute>& partition, const std::vector<model::KeyAttribute>& sort) {
  std::string text;
  for (const auto* list : {&partition, &sort})
    for (const model::KeyAttribute& attribute : *list)
      text += (text.empty() ? "" : ", ") + attribute.name + " " + static_cast<char>(attribute.type);
  return text;
}

std::string type_words(const model::BoundAttribute& attribute) {
  static constexpr const char* names[] = {"", "S", "N", "B", "BOOL", "SS", "NS", "BS", "L", "M", "M", "NULL"};
  if (attribute.table_key || attribute.index_key) return std::string(1, static_cast<char>(attribute.key_type));
  if (attribute.constant.starts_with("{\"")) return attribute.constant.substr(2, attribute.constant.find('"', 2) - 2);
  if (attribute.write_as != model::WriteAs::automatic) return names[static_cast<std::size_t>(attribute.write_as)];
  // One word: of a column of SQLite's, what its declaration means.
  const std::string words = becomes(attribute.type);
  return attribute.type.kind != row::TypeKind::dynamic || words.starts_with("as ") ? words : words.substr(0, words.find_first_of(" ,"));
}

/// What the model file says an attribute is made of.
std::string template_of(const model::ItemType& item, const std::string& name) {
  const auto in = [&](const std::vector<std::pair<model::Text, model::Value>>& values) -> const model::Value* {
    for (const auto& [attribute, value] : values)
      if (attribute.value == name) return &value;
    return nullptr;
  };
  const model::Value* value = in(item.key);
  for (const auto& [index, values] : item.index_keys)
    if (value == nullptr) value = in(values);
  if (value == nullptr) value = in(item.set);
  if (value == nullptr) return {};
  if (const auto* text = std::get_if<model::Text>(&value->content)) return text->value;
  if (const bool* flag = std::get_if<bool>(&value->content)) return *flag ? "true" : "false";
  return value->number.empty() ? "null" : value->number;
}

class Builder {
 public:
  Builder(Workspace& workspace, const SamplesByItem& samples) : workspace_(workspace), samples_(samples) {}

  Diagram build() {
    const model::Model& model = workspace_.model();
    diagram_.title = model.path + ": from " + sources() + " into DynamoDB";
    order_tables();
    for (const Drawn& drawn : tables_) add_table(*drawn.table);
    add_relations();
    for (std::size_t index = 0; index < model.tables.size(); ++index) add_target(model.tables[index], index);
    if (tables_.size() > most_detailed_tables) leave_out_details();
    return std::move(diagram_);
  }

 private:
  std::string sources() const {
    std::string text;
    for (const row::Catalog& catalog : workspace_.catalogs())
      if (!catalog.engine.empty()) text += (text.empty() ? "" : " and ") + catalog.engine + " " + catalog.database;
    return text;
  }

  /// In the order of the item types that they become, so that lines run level; those that are not read come last.
  void order_tables() {
    for (const model::DynamoTable& target : workspace_.model().tables)
      for (std::size_t index = 0; index < workspace_.model().items.size(); ++index)
        if (const model::BoundItem* item = workspace_.item(index);
            item != nullptr && &workspace_.model().tables[item->table_index] == &target)
          add_once(workspace_.table_of(*item)->source, item->from);
    for (std::size_t source = 0; source < workspace_.catalogs().size(); ++source)
      for (const row::Table& table : workspace_.catalogs()[source].tables)
        if (table.default_schema) add_once(source, &table);
  }
  void add_once(std::size_t source, const row::Table* table) {
    if (index_of(source, *table) == tables_.size()) tables_.push_back({source, table});
  }
  /// Known by its name: bound tables are copies of the catalog's.
  std::size_t index_of(std::size_t source, const row::Table& table) const { return index_of(source, table.schema, table.name); }
  std::size_t index_of(std::size_t source, const std::string& schema, const std::string& name) const {
    return static_cast<std::size_t>(
        std::ranges::find_if(tables_, [&](const Drawn& drawn) { return drawn.source == source && drawn.table->is(schema, name); }) -
        tables_.begin());
  }

  void add_table(const row::Table& table) {
    Diagram::Table drawn{table.display_name(), table.estimated_rows ? "about " + counted(*table.estimated_rows, "row") : "", {}};
    const row::UniqueKey* key = table.row_identity();
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      const bool in_key = key != nullptr && std::ranges::find(key->columns, column) != key->columns.end();
      drawn.columns.push_back({table.columns[column].name, table.columns[column].type.name, "", in_key, true});
    }
    diagram_.tables.push_back(std::move(drawn));
  }

  void add_relations() {
    for (std::size_t index = 0; index < tables_.size(); ++index) {
      const auto [source, table] = tables_[index];
      for (const row::ForeignKey& key : table->foreign_keys) {
        const std::size_t parent = index_of(source, key.parent_schema.empty() ? table->schema : key.parent_schema, key.parent_table);
        if (parent == tables_.size()) continue;
        for (std::size_t at = 0; at < key.columns.size() && at < key.parent_columns.size(); ++at) {
          const auto column = table->column(key.columns[at]);
          const auto parent_column = tables_[parent].table->column(key.parent_columns[at]);
          if (column && parent_column) diagram_.relations.push_back({index, *column, parent, *parent_column});
        }
      }
    }
  }

  void add_target(const model::DynamoTable& table, std::size_t table_index) {
    Diagram::Target target;
    target.name = table.name;
    target.notes.push_back(
        "key: " + key_words({table.partition_key}, table.sort_key ? std::vector{*table.sort_key} : std::vector<model::KeyAttribute>{}));
    for (const model::Index& index : table.indexes)
      target.notes.push_back((index.local ? "LSI " : "GSI ") + index.name + ": " + key_words(index.partition_key, index.sort_key));
    for (std::size_t index = 0; index < workspace_.model().items.size(); ++index)
      if (const model::BoundItem* item = workspace_.item(index); item != nullptr && item->table_index == table_index)
        target.items.push_back(item_type(*item));
    diagram_.targets.push_back(std::move(target));
  }

  Diagram::ItemType item_type(const model::BoundItem& item) {
    const model::BoundTable& table = *workspace_.table_of(item);
    Diagram::ItemType drawn{item.item->name, "", index_of(table.source, *item.from), {}};
    const Sample* sample = nullptr;
    if (const auto samples = samples_.find(item.index); samples != samples_.end())
      for (const Sample& each : samples->second)
        if (sample == nullptr && each.item) {
          sample = &each;
          show_row(each, diagram_.tables[drawn.table]);
        }
    if (sample != nullptr)
      drawn.note = counted(sample->size, "byte") + ", " + counted(item::write_units(sample->size), "WCU");
    else if (item.item->script)
      drawn.note = "by a script";
    for (const model::BoundAttribute& bound : item.attributes) {
      Diagram::Attribute attribute{
          bound.name, type_words(bound), template_of(*item.item, bound.name), {}, {}, bound.table_key || bound.index_key, true};
      if (bound.nested)
        add_related(*bound.nested, table, attribute);
      else
        add_columns(bound, table, attribute);
      if (sample != nullptr)
        if (const auto value = sample->item->find(bound.name); value != sample->item->end())
          attribute.detail = is_sensitive(item, bound.name) ? "***" : value_text(value->second);
      drawn.attributes.push_back(std::move(attribute));
    }
    return drawn;
  }

  /// The table and column that a slot of a row holds, also where a lookup put it there.
  static std::pair<const row::Table*, std::string> at(const model::BoundRows& rows, std::size_t slot) {
    if (slot < rows.columns.size()) return {rows.table, rows.columns[slot]};
    for (const model::BoundRelation& relation : rows.relations)
      if (relation.kind == model::RelationKind::lookup && slot >= relation.slot && slot < relation.slot + relation.child->width())
        return at(*relation.child, slot - relation.slot);
    return {nullptr, {}};
  }

  void add_columns(const model::BoundAttribute& bound, const model::BoundTable& table, Diagram::Attribute& attribute) {
    std::set<std::size_t> slots;
    if (bound.program)
      slots.insert(bound.program->slots().begin(), bound.program->slots().end());
    else if (bound.constant.empty())
      slots.insert(bound.slot);
    for (const std::size_t slot : slots) {
      const auto [from, name] = at(table, slot);
      if (from == nullptr) continue;
      const std::size_t index = index_of(table.source, *from);
      if (index == tables_.size()) continue;
      if (const auto column = from->column(name)) attribute.columns.emplace_back(index, *column);
    }
  }

  /// Rows of another table: an embed's as a whole, a lookup's columns each.
  void add_related(const model::BoundNested& nested, const model::BoundTable& table, Diagram::Attribute& attribute) {
    const bool lookup = nested.kind == model::RelationKind::lookup;
    attribute.type = lookup || nested.shape == model::Shape::one || nested.shape == model::Shape::map_by ? "M"
                     : nested.shape == model::Shape::list                                                ? "L"
                     : nested.shape == model::Shape::set                                                 ? "set"
                                                                                                         : "N";
    if (lookup) {
      for (const model::BoundAttribute& each : nested.attributes)
        if (!each.nested) add_columns(each, table, attribute);
    } else if (nested.rows != nullptr) {
      if (const std::size_t index = index_of(nested.rows->source, *nested.rows->table); index < tables_.size())
        attribute.tables.push_back(index);
      if (attribute.detail.empty()) attribute.detail = "rows of " + nested.rows->table->display_name();
    }
  }

  static void show_row(const Sample& sample, Diagram::Table& table) {
    const auto row = json::parse(sample.row);
    if (!row) return;
    for (Diagram::Column& column : table.columns)
      if (const json::Value* value = row->find(column.name); value != nullptr && column.sample.empty())
        column.sample = value->string() != nullptr ? *value->string() : "NULL";
  }

  void leave_out_details() {
    for (Diagram::Table& table : diagram_.tables)
      for (Diagram::Column& column : table.columns) column.shown = column.key;
    for (const Diagram::Relation& relation : diagram_.relations) diagram_.tables[relation.table].columns[relation.column].shown = true;
    for (Diagram::Target& target : diagram_.targets)
      for (Diagram::ItemType& item : target.items)
        for (Diagram::Attribute& attribute : item.attributes) {
          attribute.shown = attribute.key || !attribute.tables.empty();
          if (!attribute.shown) continue;
          for (const auto& [table, column] : attribute.columns) diagram_.tables[table].columns[column].shown = true;
        }
  }

  Workspace& workspace_;
  const SamplesByItem& samples_;
  struct Drawn {
    std::size_t source;
    const row::Table* table;
  };
  std::vector<Drawn> tables_;
  Diagram diagram_;
};

}  // namespace

Result<void> write_diagram(Workspace& workspace, const SamplesByItem& samples, const std::string& file) {
  const bool page = file.ends_with(".html");
  if (!page && !file.ends_with(".svg")) return fail(ErrorCode::invalid_input, "--diagram writes FILE.svg or FILE.html, not '" + file + "'");
  const Diagram diagram = Builder(workspace, samples).build();
  return write_file_atomically(file, page ? to_html(diagram) : to_svg(diagram));
}

}  // namespace itemize::cli
