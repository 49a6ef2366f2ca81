// NoSQL Workbench for Amazon DynamoDB: a data model as its import reads it (JSON, version 3.0).
#include <algorithm>
#include <map>

#include "base/civil_time.h"
#include "model/exchange/exchange.h"
#include "model/exchange/table_parts.h"

namespace itemize::model::exchange {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value attribute(const std::string& name, const std::string& type) { return {Object{{"AttributeName", {name}}, {"AttributeType", {type}}}}; }

Object key_attributes(const KeyAttribute& partition, const KeyAttribute* sort) {
  Object keys{{"PartitionKey", attribute(partition.name, std::string(1, static_cast<char>(partition.type)))}};
  if (sort != nullptr) keys.emplace_back("SortKey", attribute(sort->name, std::string(1, static_cast<char>(sort->type))));
  return keys;
}

Value names_of(const std::vector<std::string>& names) {
  Array list;
  for (const std::string& name : names) list.push_back({name});
  return {std::move(list)};
}

std::string text_of(const model::Value& value) {
  if (const Text* text = std::get_if<Text>(&value.content)) return text->value;
  return value.number;
}

/// Attribute name -> type, as the sample items have it.
using Types = std::map<std::string, std::string>;

void note_types(const Value& item, Types& types) {
  const Object* attributes = item.object();
  if (attributes == nullptr) return;
  for (const auto& [name, value] : *attributes)
    if (const Object* typed = value.object(); typed != nullptr && !typed->empty()) types.emplace(name, typed->front().first);
}

class TableWriter {
 public:
  TableWriter(const Model& model, const DynamoTable& table, const std::vector<SampleItems>& samples, std::vector<std::string>& left_out)
      : model_(model), table_(table), samples_(samples), left_out_(left_out) {}

  Value write() {
    Array data;
    for (const SampleItems& sample : samples_) {
      if (model_.items[sample.item_type].table != table_.model_name) continue;
      for (const Value& item : sample.items) {
        note_types(item, types_);
        data.push_back(item);
      }
    }
    Array indexes = global_indexes();
    Array facets = item_types();
    Array others;
    for (const auto& [name, type] : types_)
      if (!is_table_key(name)) others.push_back(attribute(name, type));
    Object object{{"TableName", {table_.name}},
                  {"KeyAttributes", {key_attributes(table_.partition_key, table_.sort_key ? &*table_.sort_key : nullptr)}},
                  {"NonKeyAttributes", {std::move(others)}},
                  {"TableFacets", {std::move(facets)}},
                  {"GlobalSecondaryIndexes", {std::move(indexes)}},
                  {"TableData", {std::move(data)}},
                  {"DataAccess", {Object{{"MySql", {Object{}}}}}},
                  {"BillingMode", {std::string(table_.pay_per_request ? "PAY_PER_REQUEST" : "PROVISIONED")}}};
    if (!table_.pay_per_request) {
      object.emplace_back("ProvisionedCapacitySettings",
                          Value{Object{{"ProvisionedThroughput",
                                        {Object{{"ReadCapacityUnits", {json::Number{std::to_string(table_.read_capacity)}}},
                                                {"WriteCapacityUnits", {json::Number{std::to_string(table_.write_capacity)}}}}}},
                                       {"AutoScalingRead", {Object{}}},
                                       {"AutoScalingWrite", {Object{}}}}});
    }
    note_settings();
    return {std::move(object)};
  }

 private:
  bool is_table_key(const std::string& name) const {
    return std::ranges::any_of(table_.key(), [&](const KeyAttribute* key) { return key->name == name; });
  }

  Array global_indexes() {
    Array list;
    for (const Index& index : table_.indexes) {
      const std::string what = "index " + index.name + " of " + table_.name;
      if (index.local) {
        left_out_.push_back(what + ": a local secondary index");
        continue;
      }
      if (index.partition_key.size() > 1 || index.sort_key.size() > 1) {
        left_out_.push_back(what + ": a key of several attributes");
        continue;
      }
      for (const auto* keys : {&index.partition_key, &index.sort_key})
        for (const KeyAttribute& key : *keys) types_.emplace(key.name, std::string(1, static_cast<char>(key.type)));
      Object projection{{"ProjectionType", {std::string(projection_word(index.projection))}}};
      if (index.projection == Projection::include) projection.emplace_back("NonKeyAttributes", names_of(index.include));
      list.push_back({Object{
          {"IndexName", {index.name}},
          {"KeyAttributes", {key_attributes(index.partition_key.front(), index.sort_key.empty() ? nullptr : &index.sort_key.front())}},
          {"Projection", {std::move(projection)}}}});
    }
    return list;
  }

  /// Item types as facets: their key templates are the aliases, the attributes of their samples what they show.
  Array item_types() {
    Array facets;
    for (std::size_t index = 0; index < model_.items.size(); ++index) {
      const ItemType& item = model_.items[index];
      if (item.table != table_.model_name) continue;
      std::vector<std::string> names;
      for (const SampleItems& sample : samples_) {
        if (sample.item_type != index) continue;
        Types types;
        for (const Value& each : sample.items) note_types(each, types);
        for (const auto& [name, type] : types)
          if (!is_table_key(name)) names.push_back(name);
      }
      Object aliases;
      for (const auto& [name, value] : item.key)
        aliases.emplace_back(name.value == table_.partition_key.name ? "PartitionKeyAlias" : "SortKeyAlias", Value{text_of(value)});
      std::ranges::sort(aliases, {}, &json::Member::first);
      facets.push_back({Object{{"FacetName", {item.name}},
                               {"KeyAttributeAlias", {std::move(aliases)}},
                               {"TableData", {Array{}}},
                               {"NonKeyAttributes", names_of(names)},
                               {"DataAccess", {Object{{"MySql", {Object{}}}}}}}});
    }
    return facets;
  }

  void note_settings() {
    std::vector<std::string> settings;
    if (table_.time_to_live) settings.push_back("time_to_live");
    if (!table_.stream.empty()) settings.push_back("stream");
    if (table_.point_in_time_recovery) settings.push_back("point_in_time_recovery");
    if (table_.deletion_protection) settings.push_back("deletion_protection");
    if (!table_.table_class.empty()) settings.push_back("table_class");
    if (!table_.tags.empty()) settings.push_back("tags");
    for (const std::string& setting : settings) left_out_.push_back(setting + " of table " + table_.name);
  }

  const Model& model_;
  const DynamoTable& table_;
  const std::vector<SampleItems>& samples_;
  std::vector<std::string>& left_out_;
  Types types_;
};

/// "Jan 12, 2023, 10:14 AM", as Workbench writes it.
std::string date_words(std::int64_t now) {
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilDate date = civil_from_days(day_of(now));
  const std::int64_t minutes = (now - day_of(now) * microseconds_per_day) / (60 * microseconds_per_second);
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const std::int64_t hour = minutes / 60 % 12;
  return std::string(months[date.month - 1]) + " " + two(date.day) + ", " + std::to_string(date.year) + ", " + two(hour == 0 ? 12 : hour) +
         ":" + two(minutes % 60) + (minutes < 12 * 60 ? " AM" : " PM");
}

/// JSON with line breaks: people read and compare these files.
void write_pretty(const Value& value, int depth, std::string& out) {
  const std::string indent(static_cast<std::size_t>(depth) * 2 + 2, ' ');
  const auto close = [&](char bracket) { out += "\n" + indent.substr(2) + bracket; };
  if (const Array* array = value.array(); array != nullptr && !array->empty()) {
    out += '[';
    for (const Value& element : *array) {
      out += (&element == &array->front() ? "\n" : ",\n") + indent;
      write_pretty(element, depth + 1, out);
    }
    close(']');
  } else if (const Object* object = value.object(); object != nullptr && !object->empty()) {
    out += '{';
    for (const auto& member : *object) {
      out += (&member == &object->front() ? "\n" : ",\n") + indent;
      json::append_quoted(out, member.first);
      out += ": ";
      write_pretty(member.second, depth + 1, out);
    }
    close('}');
  } else {
    out += json::to_text(value);
  }
}

}  // namespace

std::string to_workbench(const Model& model, const std::vector<SampleItems>& samples, std::int64_t now,
                         std::vector<std::string>& left_out) {
  const std::string written_at = date_words(now);
  Array tables;
  for (const DynamoTable& table : model.tables) tables.push_back(TableWriter(model, table, samples, left_out).write());
  const Value document{Object{{"ModelName", {std::string("itemize")}},
                              {"ModelMetadata",
                               {Object{{"Author", {std::string("itemize")}},
                                       {"DateCreated", {written_at}},
                                       {"DateLastModified", {written_at}},
                                       {"Description", {"The DynamoDB tables of " + model.path}},
                                       {"AWSService", {std::string("Amazon DynamoDB")}},
                                       {"Version", {std::string("3.0")}}}}},
                              {"DataModel", {std::move(tables)}}}};
  std::string text;
  write_pretty(document, 0, text);
  return text + "\n";
}

}  // namespace itemize::model::exchange
