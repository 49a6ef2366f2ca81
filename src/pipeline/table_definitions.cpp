#include "pipeline/table_definitions.h"

#include <algorithm>

#include "base/json.h"

namespace itemize::pipeline {
namespace {

aws::KeyAttribute key_of(const model::KeyAttribute& attribute, bool hash) { return {attribute.name, std::string(1, static_cast<char>(attribute.type)), hash}; }

std::string in_words(const std::vector<aws::KeyAttribute>& keys) {
  std::string text;
  for (const aws::KeyAttribute& key : keys) text += (text.empty() ? "" : ", ") + key.name + " (" + key.type + (key.hash ? "" : ", sort key") + ")";
  return text;
}

bool same_keys(const std::vector<aws::KeyAttribute>& a, const std::vector<aws::KeyAttribute>& b) {
  return std::ranges::equal(a, b, [](const aws::KeyAttribute& left, const aws::KeyAttribute& right) {
    return left.name == right.name && left.type == right.type && left.hash == right.hash;
  });
}

/// The same attributes by role, whatever order the service lists them in.
std::vector<aws::KeyAttribute> hash_first(std::vector<aws::KeyAttribute> keys) {
  std::ranges::stable_partition(keys, [](const aws::KeyAttribute& key) { return key.hash; });
  return keys;
}

aws::Index index_of(const model::DynamoTable& table, const model::Index& index) {
  aws::Index made;
  made.name = index.name;
  made.local = index.local;
  if (index.local) made.keys.push_back(key_of(table.partition_key, true));
  else
    for (const model::KeyAttribute& attribute : index.partition_key) made.keys.push_back(key_of(attribute, true));
  for (const model::KeyAttribute& attribute : index.sort_key) made.keys.push_back(key_of(attribute, false));
  made.projection = index.projection == model::Projection::all ? "ALL" : index.projection == model::Projection::keys_only ? "KEYS_ONLY" : "INCLUDE";
  made.included = index.include;
  made.provisioned = {static_cast<double>(index.read_capacity), static_cast<double>(index.write_capacity)};
  if (!index.local && table.warm_write_units) made.warm = aws::Throughput{0, static_cast<double>(*table.warm_write_units)};
  return made;
}

void compare_index(const aws::Index& wanted, const aws::TableDescription& found, std::vector<Drift>& drifts) {
  const auto index = std::ranges::find_if(found.indexes, [&](const aws::Index& each) { return each.name == wanted.name; });
  if (index == found.indexes.end()) {
    drifts.push_back({false, "has no index " + wanted.name});
    return;
  }
  // An index key of another type makes DynamoDB refuse the whole item.
  if (!same_keys(hash_first(index->keys), hash_first(wanted.keys)))
    drifts.push_back({true, "index " + wanted.name + " has the keys " + in_words(index->keys) + ", the model says " + in_words(wanted.keys)});
  if (index->projection != wanted.projection) drifts.push_back({false, "index " + wanted.name + " projects " + index->projection + ", the model says " + wanted.projection});
}

Result<bool> point_in_time_recovery(aws::DynamoDb& dynamodb, const std::string& table) {
  const json::Value request{json::Object{{"TableName", {table}}}};
  aws::ServiceError refusal;
  const auto answer = dynamodb.call("DescribeContinuousBackups", json::to_text(request), &refusal);
  if (!answer) return std::unexpected(answer.error());
  const json::Value* backups = answer->find("ContinuousBackupsDescription");
  const json::Value* recovery = backups != nullptr ? backups->find("PointInTimeRecoveryDescription") : nullptr;
  return recovery != nullptr && recovery->text("PointInTimeRecoveryStatus") == "ENABLED";
}

Result<void> switch_on_recovery(aws::DynamoDb& dynamodb, const std::string& table) {
  if (TRY(point_in_time_recovery(dynamodb, table))) return {};
  const json::Value request{json::Object{{"TableName", {table}},
                                         {"PointInTimeRecoverySpecification", {json::Object{{"PointInTimeRecoveryEnabled", {true}}}}}}};
  TRY(dynamodb.call("UpdateContinuousBackups", json::to_text(request)));
  return {};
}

}  // namespace

bool switched_on_after_load(const model::DynamoTable& table, std::string_view setting) { return std::ranges::find(table.after_load, setting) != table.after_load.end(); }

aws::TableDefinition definition_of(const model::DynamoTable& table) {
  aws::TableDefinition definition;
  definition.name = table.name;
  definition.keys.push_back(key_of(table.partition_key, true));
  if (table.sort_key) definition.keys.push_back(key_of(*table.sort_key, false));
  for (const model::Index& index : table.indexes) definition.indexes.push_back(index_of(table, index));
  definition.billing_mode = table.pay_per_request ? "PAY_PER_REQUEST" : "PROVISIONED";
  definition.provisioned = {static_cast<double>(table.read_capacity), static_cast<double>(table.write_capacity)};
  if (table.warm_write_units) definition.warm = aws::Throughput{0, static_cast<double>(*table.warm_write_units)};
  if (!switched_on_after_load(table, "stream")) definition.stream_view_type = table.stream;
  if (!switched_on_after_load(table, "deletion_protection")) definition.deletion_protection = table.deletion_protection;
  definition.table_class = table.table_class;
  definition.tags = table.tags;
  return definition;
}

std::vector<Drift> compare_table(const model::DynamoTable& wanted, const aws::TableDescription& found) {
  const aws::TableDefinition definition = definition_of(wanted);
  std::vector<Drift> drifts;
  if (!same_keys(definition.keys, found.keys)) drifts.push_back({true, "has the key " + in_words(found.keys) + ", the model says " + in_words(definition.keys)});
  for (const aws::Index& index : definition.indexes) compare_index(index, found, drifts);
  for (const aws::Index& index : found.indexes) {
    const bool known = std::ranges::any_of(definition.indexes, [&](const aws::Index& each) { return each.name == index.name; });
    if (!known) drifts.push_back({false, "has an index " + index.name + " that the model does not know"});
  }
  if (!found.billing_mode.empty() && found.billing_mode != definition.billing_mode) drifts.push_back({false, "is billed " + found.billing_mode + ", the model says " + definition.billing_mode});
  if (!switched_on_after_load(wanted, "stream") && found.stream_view_type != wanted.stream)
    drifts.push_back({false, (found.stream_view_type.empty() ? std::string("has no stream") : "has a stream of " + found.stream_view_type) + ", the model says " + (wanted.stream.empty() ? "none" : wanted.stream)});
  return drifts;
}

Result<void> apply_settings(aws::DynamoDb& dynamodb, const model::DynamoTable& table, bool after_load) {
  const auto due = [&](std::string_view setting) { return after_load == switched_on_after_load(table, setting); };
  if (table.time_to_live && due("time_to_live")) {
    const aws::TimeToLive now = TRY(dynamodb.describe_time_to_live(table.name));
    const bool on = now.status == "ENABLED" || now.status == "ENABLING";
    if (!on || now.attribute != table.time_to_live->attribute) TRY(dynamodb.update_time_to_live(table.name, table.time_to_live->attribute, true));
  }
  if (table.point_in_time_recovery && due("point_in_time_recovery")) TRY(switch_on_recovery(dynamodb, table.name));
  if (!after_load) return {};  // the rest came with CreateTable
  const auto found = TRY(dynamodb.describe_table(table.name));
  if (!found) return fail(ErrorCode::not_found, "table " + table.name + " is gone");
  aws::TableChange change;
  change.name = table.name;
  if (due("stream") && !table.stream.empty() && found->stream_view_type != table.stream) {
    change.stream_view_type = table.stream;
    TRY(dynamodb.update_table(change));
    TRY(dynamodb.wait_until_active(table.name, std::chrono::minutes(10)));
    change.stream_view_type.reset();
  }
  if (due("deletion_protection") && table.deletion_protection && !found->deletion_protection) {
    change.deletion_protection = true;
    TRY(dynamodb.update_table(change));
  }
  return {};
}

}  // namespace itemize::pipeline
