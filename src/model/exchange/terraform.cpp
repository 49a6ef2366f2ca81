// Terraform: aws_dynamodb_table of the hashicorp/aws provider, in HCL (Terraform language, "Syntax" and "Strings and Templates").
#include "model/exchange/exchange.h"
#include "model/exchange/table_parts.h"
#include "model/yaml_text.h"

namespace itemize::model::exchange {
namespace {

/// A quoted string; ${ and %{ would begin a template.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char byte = text[at];
    if (byte == '"' || byte == '\\') out += '\\';
    if ((byte == '$' || byte == '%') && at + 1 < text.size() && text[at + 1] == '{') out += byte;
    if (byte == '\n')
      out += "\\n";
    else if (byte == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(byte) < 0x20)
      out += "?";
    else
      out += byte;
  }
  return out + "\"";
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) text += (text.size() > 1 ? ", " : "") + quoted(name);
  return text + "]";
}

class Configuration {
 public:
  void line(int depth, const std::string& text) { text_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n"; }
  void argument(int depth, const std::string& name, const std::string& value) { line(depth, name + " = " + value); }

  void table(const DynamoTable& table, const std::string& name) {
    line(0, "");
    line(0, "resource \"aws_dynamodb_table\" " + quoted(name) + " {");
    argument(1, "name", quoted(table.name));
    argument(1, "billing_mode", table.pay_per_request ? "\"PAY_PER_REQUEST\"" : "\"PROVISIONED\"");
    if (!table.pay_per_request) capacity(1, table.read_capacity, table.write_capacity);
    argument(1, "hash_key", quoted(table.partition_key.name));
    if (table.sort_key) argument(1, "range_key", quoted(table.sort_key->name));
    settings(table);
    for (const auto& [attribute, type] : attribute_definitions(table)) {
      line(0, "");
      line(1, "attribute {");
      argument(2, "name", quoted(attribute));
      argument(2, "type", quoted(std::string(1, type)));
      line(1, "}");
    }
    for (const Index& index : table.indexes) secondary_index(table, index);
    if (table.time_to_live) {
      line(0, "");
      line(1, "ttl {");
      argument(2, "attribute_name", quoted(table.time_to_live->attribute));
      argument(2, "enabled", "true");
      line(1, "}");
    }
    if (table.point_in_time_recovery) {
      line(0, "");
      line(1, "point_in_time_recovery {");
      argument(2, "enabled", "true");
      line(1, "}");
    }
    tags(table);
    line(0, "}");
  }

  std::string take() { return std::move(text_); }

 private:
  void capacity(int depth, std::uint64_t read, std::uint64_t write) {
    argument(depth, "read_capacity", std::to_string(read));
    argument(depth, "write_capacity", std::to_string(write));
  }

  void settings(const DynamoTable& table) {
    if (!table.stream.empty()) {
      argument(1, "stream_enabled", "true");
      argument(1, "stream_view_type", quoted(table.stream));
    }
    if (!table.table_class.empty()) argument(1, "table_class", quoted(table.table_class));
    if (table.deletion_protection) argument(1, "deletion_protection_enabled", "true");
  }

  void key_schema(const std::vector<KeyAttribute>& attributes, const char* type) {
    for (const KeyAttribute& attribute : attributes) {
      line(2, "key_schema {");
      argument(3, "attribute_name", quoted(attribute.name));
      argument(3, "key_type", quoted(type));
      line(2, "}");
    }
  }

  void secondary_index(const DynamoTable& table, const Index& index) {
    line(0, "");
    line(1, index.local ? "local_secondary_index {" : "global_secondary_index {");
    argument(2, "name", quoted(index.name));
    if (index.partition_key.size() > 1 || index.sort_key.size() > 1) {
      key_schema(index.partition_key, "HASH");
      key_schema(index.sort_key, "RANGE");
    } else {
      if (!index.local) argument(2, "hash_key", quoted(index.partition_key.front().name));
      if (!index.sort_key.empty()) argument(2, "range_key", quoted(index.sort_key.front().name));
    }
    argument(2, "projection_type", quoted(projection_word(index.projection)));
    if (index.projection == Projection::include) argument(2, "non_key_attributes", list_of(index.include));
    if (!index.local && !table.pay_per_request) capacity(2, index.read_capacity, index.write_capacity);
    line(1, "}");
  }

  void tags(const DynamoTable& table) {
    if (table.tags.empty()) return;
    line(0, "");
    line(1, "tags = {");
    for (const auto& [key, value] : table.tags) argument(2, quoted(key), quoted(value));
    line(1, "}");
  }

  std::string text_;
};

bool has_wide_key(const Model& model) {
  for (const DynamoTable& table : model.tables)
    for (const Index& index : table.indexes)
      if (table.managed && (index.partition_key.size() > 1 || index.sort_key.size() > 1)) return true;
  return false;
}

}  // namespace

std::string to_terraform(const Model& model) {
  Configuration text;
  text.line(0, "# The DynamoDB tables of " + yaml_comment(model.path) + ", written by `itemize create --print terraform`.");
  for (const DynamoTable& table : model.tables)
    if (const std::string words = after_load_words(table); table.managed && !words.empty()) text.line(0, "# " + yaml_comment(words));
  if (has_wide_key(model))
    text.line(
        0,
        "# An index with a key of several attributes is written with key_schema blocks, which older versions of the provider do not know.");
  std::set<std::string> taken;
  for (const DynamoTable& table : model.tables)
    if (table.managed) text.table(table, plain_name(table.model_name, taken));
  return text.take();
}

}  // namespace itemize::model::exchange
