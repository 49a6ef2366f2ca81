// TableDefinition -> CreateTable's request; DescribeTable's answer -> TableDescription.
#include <algorithm>

#include "aws/dynamodb.h"

namespace itemize::aws {
namespace {

json::Value text(std::string value) { return {std::move(value)}; }
json::Value number(double value) { return {json::Number{std::to_string(static_cast<std::int64_t>(value))}}; }

json::Value key_schema(const std::vector<KeyAttribute>& keys) {
  json::Array schema;
  for (const KeyAttribute& key : keys) {
    schema.push_back({json::Object{{"AttributeName", text(key.name)}, {"KeyType", text(key.hash ? "HASH" : "RANGE")}}});
  }
  return {std::move(schema)};
}

/// Each attribute once: tables and indexes share them.
void add_definitions(json::Array& definitions, const std::vector<KeyAttribute>& keys) {
  for (const KeyAttribute& key : keys) {
    const bool known = std::ranges::any_of(definitions, [&](const json::Value& entry) { return entry.text("AttributeName") == key.name; });
    if (!known) definitions.push_back({json::Object{{"AttributeName", text(key.name)}, {"AttributeType", text(key.type)}}});
  }
}

json::Value units(const Throughput& throughput) {
  return {json::Object{{"ReadCapacityUnits", number(throughput.read_units)}, {"WriteCapacityUnits", number(throughput.write_units)}}};
}

json::Value warm_units(const Throughput& throughput) {
  json::Object object;
  if (throughput.read_units > 0) object.emplace_back("ReadUnitsPerSecond", number(throughput.read_units));
  if (throughput.write_units > 0) object.emplace_back("WriteUnitsPerSecond", number(throughput.write_units));
  return {std::move(object)};
}

json::Value index_request(const Index& index, bool provisioned) {
  json::Object projection{{"ProjectionType", text(index.projection)}};
  if (index.projection == "INCLUDE") {
    json::Array names;
    for (const std::string& name : index.included) names.push_back(text(name));
    projection.emplace_back("NonKeyAttributes", json::Value{std::move(names)});
  }
  json::Object object{{"IndexName", text(index.name)}, {"KeySchema", key_schema(index.keys)}, {"Projection", json::Value{std::move(projection)}}};
  if (!index.local && provisioned) object.emplace_back("ProvisionedThroughput", units(index.provisioned));
  if (!index.local && index.warm) object.emplace_back("WarmThroughput", warm_units(*index.warm));
  return {std::move(object)};
}

json::Value stream_request(const std::string& view_type) {
  if (view_type.empty()) return {json::Object{{"StreamEnabled", json::Value{false}}}};
  return {json::Object{{"StreamEnabled", json::Value{true}}, {"StreamViewType", text(view_type)}}};
}

Throughput read_units(const json::Value* value, std::string_view read_name, std::string_view write_name) {
  if (value == nullptr) return {};
  return {static_cast<double>(value->integer(read_name)), static_cast<double>(value->integer(write_name))};
}

std::optional<Throughput> read_warm(const json::Value& value) {
  const json::Value* warm = value.find("WarmThroughput");
  if (warm == nullptr || warm->object() == nullptr) return std::nullopt;
  return read_units(warm, "ReadUnitsPerSecond", "WriteUnitsPerSecond");
}

bool is_true(const json::Value* value) { return value != nullptr && value->boolean() != nullptr && *value->boolean(); }

std::vector<KeyAttribute> read_keys(const json::Value& owner, const json::Value& table) {
  std::vector<KeyAttribute> keys;
  const json::Value* schema = owner.find("KeySchema");
  const json::Value* definitions = table.find("AttributeDefinitions");
  if (schema == nullptr || schema->array() == nullptr) return keys;
  for (const json::Value& element : *schema->array()) {
    KeyAttribute key{element.text("AttributeName"), "", element.text("KeyType") == "HASH"};
    if (definitions != nullptr && definitions->array() != nullptr) {
      for (const json::Value& definition : *definitions->array()) {
        if (definition.text("AttributeName") == key.name) key.type = definition.text("AttributeType");
      }
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

void read_indexes(const json::Value& table, std::string_view member, bool local, std::vector<Index>& indexes) {
  const json::Value* list = table.find(member);
  if (list == nullptr || list->array() == nullptr) return;
  for (const json::Value& entry : *list->array()) {
    Index index;
    index.name = entry.text("IndexName");
    index.keys = read_keys(entry, table);
    index.local = local;
    if (const json::Value* projection = entry.find("Projection")) {
      index.projection = projection->text("ProjectionType");
      if (const json::Value* names = projection->find("NonKeyAttributes"); names != nullptr && names->array() != nullptr) {
        for (const json::Value& name : *names->array()) {
          if (name.string() != nullptr) index.included.push_back(*name.string());
        }
      }
    }
    index.provisioned = read_units(entry.find("ProvisionedThroughput"), "ReadCapacityUnits", "WriteCapacityUnits");
    index.warm = read_warm(entry);
    index.status = entry.text("IndexStatus");
    index.backfilling = is_true(entry.find("Backfilling"));
    index.item_count = static_cast<std::uint64_t>(entry.integer("ItemCount"));
    index.size_bytes = static_cast<std::uint64_t>(entry.integer("IndexSizeBytes"));
    index.arn = entry.text("IndexArn");
    indexes.push_back(std::move(index));
  }
}

}  // namespace

json::Value create_table_request(const TableDefinition& definition) {
  const bool provisioned = definition.billing_mode == "PROVISIONED";
  json::Array attributes;
  add_definitions(attributes, definition.keys);
  json::Array global;
  json::Array local;
  for (const Index& index : definition.indexes) {
    add_definitions(attributes, index.keys);
    (index.local ? local : global).push_back(index_request(index, provisioned));
  }
  json::Object request{{"TableName", text(definition.name)},
                       {"AttributeDefinitions", json::Value{std::move(attributes)}},
                       {"KeySchema", key_schema(definition.keys)},
                       {"BillingMode", text(definition.billing_mode)}};
  if (!global.empty()) request.emplace_back("GlobalSecondaryIndexes", json::Value{std::move(global)});
  if (!local.empty()) request.emplace_back("LocalSecondaryIndexes", json::Value{std::move(local)});
  if (provisioned) request.emplace_back("ProvisionedThroughput", units(definition.provisioned));
  if (definition.warm) request.emplace_back("WarmThroughput", warm_units(*definition.warm));
  if (!definition.stream_view_type.empty()) request.emplace_back("StreamSpecification", stream_request(definition.stream_view_type));
  if (definition.deletion_protection) request.emplace_back("DeletionProtectionEnabled", json::Value{true});
  if (!definition.table_class.empty()) request.emplace_back("TableClass", text(definition.table_class));
  if (!definition.tags.empty()) {
    json::Array tags;
    for (const auto& [key, value] : definition.tags) tags.push_back({json::Object{{"Key", text(key)}, {"Value", text(value)}}});
    request.emplace_back("Tags", json::Value{std::move(tags)});
  }
  return {std::move(request)};
}

TableDescription parse_table_description(const json::Value& table) {
  TableDescription description;
  description.name = table.text("TableName");
  description.arn = table.text("TableArn");
  description.id = table.text("TableId");
  description.created_at = table.text("CreationDateTime");
  description.status = table.text("TableStatus");
  description.keys = read_keys(table, table);
  read_indexes(table, "GlobalSecondaryIndexes", false, description.indexes);
  read_indexes(table, "LocalSecondaryIndexes", true, description.indexes);
  // A table that never was anything but provisioned has no BillingModeSummary.
  const json::Value* billing = table.find("BillingModeSummary");
  description.billing_mode = billing == nullptr ? "PROVISIONED" : billing->text("BillingMode", "PROVISIONED");
  description.provisioned = read_units(table.find("ProvisionedThroughput"), "ReadCapacityUnits", "WriteCapacityUnits");
  description.warm = read_warm(table);
  if (const json::Value* stream = table.find("StreamSpecification"); stream != nullptr && is_true(stream->find("StreamEnabled"))) {
    description.stream_view_type = stream->text("StreamViewType");
  }
  description.stream_arn = table.text("LatestStreamArn");
  if (const json::Value* table_class = table.find("TableClassSummary")) description.table_class = table_class->text("TableClass");
  description.deletion_protection = is_true(table.find("DeletionProtectionEnabled"));
  description.item_count = static_cast<std::uint64_t>(table.integer("ItemCount"));
  description.size_bytes = static_cast<std::uint64_t>(table.integer("TableSizeBytes"));
  return description;
}

Result<TableDescription> DynamoDb::update_table(const TableChange& change) {
  json::Object request{{"TableName", text(change.name)}};
  if (!change.billing_mode.empty()) request.emplace_back("BillingMode", text(change.billing_mode));
  if (change.provisioned) request.emplace_back("ProvisionedThroughput", units(*change.provisioned));
  if (change.warm) request.emplace_back("WarmThroughput", warm_units(*change.warm));
  if (change.stream_view_type) request.emplace_back("StreamSpecification", stream_request(*change.stream_view_type));
  if (change.deletion_protection) request.emplace_back("DeletionProtectionEnabled", json::Value{*change.deletion_protection});
  json::Array updates;
  if (change.create_index) {
    const bool provisioned = change.create_index->provisioned.write_units > 0;
    updates.push_back({json::Object{{"Create", index_request(*change.create_index, provisioned)}}});
    json::Array attributes;
    add_definitions(attributes, change.create_index->keys);
    add_definitions(attributes, change.key_attributes);
    request.emplace_back("AttributeDefinitions", json::Value{std::move(attributes)});
  }
  if (!change.delete_index.empty()) updates.push_back({json::Object{{"Delete", json::Value{json::Object{{"IndexName", text(change.delete_index)}}}}}});
  if (!updates.empty()) request.emplace_back("GlobalSecondaryIndexUpdates", json::Value{std::move(updates)});
  const json::Value answer = TRY(call("UpdateTable", json::to_text({std::move(request)})));
  const json::Value* table = answer.find("TableDescription");
  return table == nullptr ? TableDescription{} : parse_table_description(*table);
}

}  // namespace itemize::aws
