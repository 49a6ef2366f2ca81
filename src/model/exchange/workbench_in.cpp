// A data model of NoSQL Workbench into an itemize.yaml: its tables and indexes as they are; item types where the source has a table whose
// columns are what the keys are called.
#include <algorithm>
#include <optional>

#include "model/exchange/importer.h"
#include "model/names.h"
#include "model/starter_parts.h"
#include "model/yaml_text.h"

namespace itemize::model::exchange {
namespace {

/// Names without case and separators: "OrderId" and "order_id" are the same.
std::string folded(std::string_view name) {
  std::string text;
  for (const char byte : name)
    if (byte != '_' && byte != '-' && byte != ' ') text += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
  return text;
}

struct Key {
  std::string name;
  char type = 'S';
};

std::optional<Key> key_of(const json::Value* keys, std::string_view role) {
  const json::Value* attribute = keys != nullptr ? keys->find(role) : nullptr;
  if (attribute == nullptr || attribute->object() == nullptr) return std::nullopt;
  const std::string type = attribute->text("AttributeType", "S");
  return Key{attribute->text("AttributeName"), type == "N" || type == "B" ? type[0] : 'S'};
}

const json::Array& list_of(const json::Value& object, std::string_view name) {
  static const json::Array none;
  const json::Value* value = object.find(name);
  return value != nullptr && value->array() != nullptr ? *value->array() : none;
}

class WorkbenchImporter {
 public:
  WorkbenchImporter(const std::string& source_url, const row::Catalog& catalog, const Target& target)
      : importer_(source_url, catalog, target) {}

  Imported run(const json::Value& document) {
    for (const json::Value& table : list_of(document, "DataModel")) add(table);
    return importer_.finish(
        "# Made of a data model of NoSQL Workbench by `itemize init --from-workbench`: the tables are as they were drawn there.\n"
        "# What items are made of cannot be drawn in Workbench; an item type stands here where the source has a table with the keys' "
        "columns.\n" +
        facets_);
  }

 private:
  void add(const json::Value& table) {
    const std::string name = table.text("TableName");
    const json::Value* keys = table.find("KeyAttributes");
    const auto partition = key_of(keys, "PartitionKey");
    if (!partition || partition->name.empty()) return importer_.leave_out("table '" + name + "': it has no partition key");
    const auto sort = key_of(keys, "SortKey");
    TableBlock block;
    block.partition_key = partition->name;
    block.partition_type = partition->type;
    if (sort && !sort->name.empty()) block.sort_key = sort->name, block.sort_type = sort->type;
    block.more = indexes_of(table, name) + "    billing_mode: PAY_PER_REQUEST\n";
    if (table.text("BillingMode", "PAY_PER_REQUEST") != "PAY_PER_REQUEST")
      importer_.leave_out("table '" + name + "': its provisioned capacity (billing_mode and provisioned_throughput)");
    std::string why;
    if (!importer_.add_table(name, block, why)) return importer_.leave_out("table '" + name + "': " + why);
    note_facets(table, name);
    add_item(name, block);
  }

  std::string indexes_of(const json::Value& table, const std::string& name) {
    std::string text;
    for (const json::Value& index : list_of(table, "GlobalSecondaryIndexes")) {
      const auto partition = key_of(index.find("KeyAttributes"), "PartitionKey");
      const auto sort = key_of(index.find("KeyAttributes"), "SortKey");
      if (!partition || partition->name.empty()) {
        importer_.leave_out("an index of table '" + name + "' without a partition key");
        continue;
      }
      text += "      " + yaml_scalar(index.text("IndexName")) + ": { partition_key: { " + yaml_scalar(partition->name) + ": " +
              partition->type + " }";
      if (sort && !sort->name.empty()) text += ", sort_key: { " + yaml_scalar(sort->name) + ": " + sort->type + " }";
      text += ", projection: " + projection_of(index) + " }\n";
    }
    return text.empty() ? text : "    global_secondary_indexes:\n" + text;
  }

  static std::string projection_of(const json::Value& index) {
    const json::Value* projection = index.find("Projection");
    const std::string type = projection != nullptr ? projection->text("ProjectionType", "ALL") : "ALL";
    if (type != "INCLUDE") return type == "KEYS_ONLY" ? type : "ALL";
    std::string names;
    for (const json::Value& name : list_of(*projection, "NonKeyAttributes"))
      if (name.string() != nullptr) names += (names.empty() ? "" : ", ") + yaml_scalar(*name.string());
    return "{ INCLUDE: [" + names + "] }";
  }

  /// Facets say how keys are made up: kept as comments for whoever writes the templates.
  void note_facets(const json::Value& table, const std::string& name) {
    for (const json::Value& facet : list_of(table, "TableFacets")) {
      const json::Value* alias = facet.find("KeyAttributeAlias");
      std::string attributes;
      for (const json::Value& attribute : list_of(facet, "NonKeyAttributes"))
        if (attribute.string() != nullptr) attributes += (attributes.empty() ? "" : ", ") + *attribute.string();
      facets_ +=
          "# " +
          yaml_comment("facet " + facet.text("FacetName") + " of " + name + ": key " +
                       (alias != nullptr ? alias->text("PartitionKeyAlias") + " / " + alias->text("SortKeyAlias") : std::string("?")) +
                       (attributes.empty() ? "" : "; " + attributes)) +
          "\n";
    }
  }

  static std::optional<std::string> column_for(const row::Table& table, const std::string& attribute) {
    for (const row::Column& column : table.columns)
      if (folded(column.name) == folded(attribute)) return column.name;
    return std::nullopt;
  }

  void add_item(const std::string& name, const TableBlock& block) {
    for (const row::Table& table : importer_.catalog().tables) {
      if (!table.readable || (folded(table.name) != folded(name) && folded(singular(table.name)) != folded(singular(name)))) continue;
      const auto partition = column_for(table, block.partition_key);
      const auto sort = block.sort_key.empty() ? std::optional<std::string>("") : column_for(table, block.sort_key);
      if (!partition || !sort) continue;
      std::string lines = "    table: " + yaml_scalar(name) + "\n    from: " + from_text(table, importer_.catalog()) + "\n    key: { " +
                          yaml_scalar(block.partition_key) + ": " + yaml_quoted("{" + *partition + "}");
      if (!sort->empty()) lines += ", " + yaml_scalar(block.sort_key) + ": " + yaml_quoted("{" + *sort + "}");
      lines += " }\n";
      std::vector<std::string> replaced;
      for (const std::string& column : {*partition, *sort})
        if (!column.empty() && column != block.partition_key && column != block.sort_key) replaced.push_back(column);
      if (!replaced.empty()) {
        lines += "    except: [";
        for (const std::string& column : replaced) lines += (&column == &replaced.front() ? "" : ", ") + yaml_scalar(column);
        lines += "]   # written as the key\n";
      }
      return importer_.add_item(importer_.names().item_type(table), lines, name, "an item type for table '" + name + "'");
    }
    importer_.leave_out("an item type for table '" + name + "': no table of the source is called so and has its keys as columns");
  }

  Importer importer_;
  std::string facets_;
};

}  // namespace

Result<Imported> from_workbench(std::string_view data_model, const std::string& source_url, const row::Catalog& catalog,
                                const Target& target) {
  if (data_model.starts_with("\xEF\xBB\xBF")) data_model.remove_prefix(3);
  const json::Value document = TRY_WITH("data model", json::parse(data_model));
  const json::Value* tables = document.find("DataModel");
  if (tables == nullptr || tables->array() == nullptr)
    return fail(ErrorCode::invalid_input, "this is no data model of NoSQL Workbench: there is no list 'DataModel'",
                "in Workbench: Export data model, as NoSQL Workbench model");
  if (tables->array()->size() > 1000) return fail(ErrorCode::invalid_input, "the data model has more than 1,000 tables");
  return WorkbenchImporter(source_url, catalog, target).run(document);
}

}  // namespace itemize::model::exchange
