// AWS CloudFormation: the resource AWS::DynamoDB::Table (CloudFormation template reference).
#include "model/exchange/exchange.h"
#include "model/exchange/table_parts.h"
#include "model/yaml_text.h"

namespace itemize::model::exchange {
namespace {

class Template {
 public:
  void line(int depth, const std::string& text) { text_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n"; }

  void key_schema(int depth, const std::vector<KeyAttribute>& partition, const std::vector<KeyAttribute>& sort) {
    line(depth, "KeySchema:");
    const auto add = [&](const KeyAttribute& attribute, const char* type) {
      line(depth + 1, "- { AttributeName: " + yaml_scalar(attribute.name) + ", KeyType: " + type + " }");
    };
    for (const KeyAttribute& attribute : partition) add(attribute, "HASH");
    for (const KeyAttribute& attribute : sort) add(attribute, "RANGE");
  }

  void throughput(int depth, std::uint64_t read, std::uint64_t write) {
    line(depth,
         "ProvisionedThroughput: { ReadCapacityUnits: " + std::to_string(read) + ", WriteCapacityUnits: " + std::to_string(write) + " }");
  }

  void indexes(const DynamoTable& table, bool local) {
    bool first = true;
    for (const Index& index : table.indexes) {
      if (index.local != local) continue;
      if (first) line(3, local ? "LocalSecondaryIndexes:" : "GlobalSecondaryIndexes:");
      first = false;
      line(4, "- IndexName: " + yaml_scalar(index.name));
      key_schema(5, local ? std::vector{table.partition_key} : index.partition_key, index.sort_key);
      line(5, "Projection:");
      line(6, std::string("ProjectionType: ") + projection_word(index.projection));
      if (index.projection == Projection::include) {
        line(6, "NonKeyAttributes:");
        for (const std::string& name : index.include) line(7, "- " + yaml_scalar(name));
      }
      if (!local && !table.pay_per_request) throughput(5, index.read_capacity, index.write_capacity);
    }
  }

  void table(const DynamoTable& table, const std::string& name) {
    line(1, name + ":");
    line(2, "Type: AWS::DynamoDB::Table");
    // A stack that is deleted, or a table that is replaced, must not take the data with it.
    line(2, "DeletionPolicy: Retain");
    line(2, "UpdateReplacePolicy: Retain");
    line(2, "Properties:");
    line(3, "TableName: " + yaml_scalar(table.name));
    line(3, std::string("BillingMode: ") + (table.pay_per_request ? "PAY_PER_REQUEST" : "PROVISIONED"));
    if (!table.pay_per_request) throughput(3, table.read_capacity, table.write_capacity);
    line(3, "AttributeDefinitions:");
    for (const auto& [attribute, type] : attribute_definitions(table))
      line(4, "- { AttributeName: " + yaml_scalar(attribute) + ", AttributeType: " + type + " }");
    key_schema(3, {table.partition_key}, table.sort_key ? std::vector{*table.sort_key} : std::vector<KeyAttribute>{});
    indexes(table, false);
    indexes(table, true);
    settings(table);
  }

  std::string take() { return std::move(text_); }

 private:
  void settings(const DynamoTable& table) {
    if (table.time_to_live)
      line(3, "TimeToLiveSpecification: { AttributeName: " + yaml_scalar(table.time_to_live->attribute) + ", Enabled: true }");
    if (!table.stream.empty()) line(3, "StreamSpecification: { StreamViewType: " + table.stream + " }");
    if (table.point_in_time_recovery) line(3, "PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }");
    if (table.deletion_protection) line(3, "DeletionProtectionEnabled: true");
    if (!table.table_class.empty()) line(3, "TableClass: " + table.table_class);
    if (table.tags.empty()) return;
    line(3, "Tags:");
    for (const auto& [key, value] : table.tags) line(4, "- { Key: " + yaml_quoted(key) + ", Value: " + yaml_quoted(value) + " }");
  }

  std::string text_;
};

}  // namespace

std::string to_cloudformation(const Model& model) {
  Template text;
  text.line(0, "# The DynamoDB tables of " + yaml_comment(model.path) + ", written by `itemize create --print cloudformation`.");
  for (const DynamoTable& table : model.tables)
    if (const std::string words = after_load_words(table); table.managed && !words.empty()) text.line(0, "# " + yaml_comment(words));
  text.line(0, "AWSTemplateFormatVersion: \"2010-09-09\"");
  text.line(0, "Description: DynamoDB tables of an itemize model");
  text.line(0, "Resources:");
  std::set<std::string> taken;
  for (const DynamoTable& table : model.tables)
    if (table.managed) text.table(table, plain_name(table.model_name, taken));
  return text.take();
}

}  // namespace itemize::model::exchange
