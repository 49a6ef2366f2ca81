#include "aws/dynamodb.h"

#include <algorithm>
#include <array>

namespace itemize::aws {
namespace {

using std::chrono::milliseconds;

std::string quoted(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::string table_only(const std::string& table) { return "{\"TableName\":" + quoted(table) + "}"; }

ItemPage read_page(json::Value answer) {
  ItemPage page;
  page.count = static_cast<std::uint64_t>(answer.integer("Count"));
  if (const json::Value* last = answer.find("LastEvaluatedKey"); last != nullptr && last->object() != nullptr) page.last_key = json::to_text(*last);
  if (const json::Value* capacity = answer.find("ConsumedCapacity")) {
    if (const json::Value* units = capacity->find("CapacityUnits"); units != nullptr && units->number() != nullptr) page.read_units = std::atof(units->number()->text.c_str());
  }
  for (auto& [name, value] : std::get<json::Object>(answer.content)) {
    if (name != "Items") continue;
    if (auto* items = std::get_if<json::Array>(&value.content)) page.items = std::move(*items);
  }
  return page;
}

constexpr milliseconds first_patience{10'000};

}  // namespace

Result<std::unique_ptr<DynamoDb>> DynamoDb::open(std::shared_ptr<Session> session, milliseconds patience) {
  auto connection = TRY(Connection::open(std::move(session)));
  return std::unique_ptr<DynamoDb>(new DynamoDb(std::move(connection), patience));
}

Result<json::Value> DynamoDb::call(std::string_view operation, std::string_view body, ServiceError* refusal) {
  const std::string target = "DynamoDB_20120810." + std::string(operation);
  Call call;
  call.target = target;
  call.body = body;
  call.timeout = std::chrono::seconds(20);
  const milliseconds patience = was_answered_ ? patience_ : std::min(patience_, first_patience);
  const std::string text = TRY_WITH(std::string(operation), connection_->call_until(call, patience, refusal));
  was_answered_ = true;
  auto answer = TRY_WITH(std::string(operation), json::parse(text));
  if (answer.object() == nullptr) return fail(ErrorCode::unavailable, "DynamoDB's answer to " + std::string(operation) + " is not a JSON object");
  return answer;
}

Result<TableDescription> DynamoDb::create_table(const TableDefinition& definition) {
  const json::Value answer = TRY_WITH("table " + definition.name, call("CreateTable", json::to_text(create_table_request(definition))));
  const json::Value* table = answer.find("TableDescription");
  return table == nullptr ? TableDescription{} : parse_table_description(*table);
}

Result<std::optional<TableDescription>> DynamoDb::describe_table(const std::string& name) {
  ServiceError refusal;
  const auto answer = call("DescribeTable", table_only(name), &refusal);
  if (!answer) {
    if (refusal.code == "ResourceNotFoundException") return std::nullopt;
    return std::unexpected(Error(answer.error()).with("table " + name));
  }
  const json::Value* table = answer->find("Table");
  if (table == nullptr) return fail(ErrorCode::unavailable, "DescribeTable's answer holds no Table");
  return parse_table_description(*table);
}

Result<void> DynamoDb::delete_table(const std::string& name) {
  TRY_WITH("table " + name, call("DeleteTable", table_only(name)));
  return {};
}

Result<std::vector<std::string>> DynamoDb::list_tables() {
  std::vector<std::string> names;
  std::string last;
  do {
    const std::string body = last.empty() ? "{}" : "{\"ExclusiveStartTableName\":" + quoted(last) + "}";
    const json::Value answer = TRY(call("ListTables", body));
    if (const json::Value* list = answer.find("TableNames"); list != nullptr && list->array() != nullptr) {
      for (const json::Value& name : *list->array()) {
        if (name.string() != nullptr) names.push_back(*name.string());
      }
    }
    last = answer.text("LastEvaluatedTableName");
  } while (!last.empty());
  return names;
}

Result<void> DynamoDb::ping() {
  TRY(call("ListTables", "{\"Limit\":1}"));
  return {};
}

Result<TimeToLive> DynamoDb::describe_time_to_live(const std::string& table) {
  const json::Value answer = TRY_WITH("table " + table, call("DescribeTimeToLive", table_only(table)));
  const json::Value* description = answer.find("TimeToLiveDescription");
  if (description == nullptr) return TimeToLive{"DISABLED", ""};
  return TimeToLive{description->text("TimeToLiveStatus"), description->text("AttributeName")};
}

Result<void> DynamoDb::update_time_to_live(const std::string& table, const std::string& attribute, bool enabled) {
  const std::string body = "{\"TableName\":" + quoted(table) + ",\"TimeToLiveSpecification\":{\"AttributeName\":" + quoted(attribute) +
                           ",\"Enabled\":" + (enabled ? "true" : "false") + "}}";
  TRY_WITH("table " + table, call("UpdateTimeToLive", body));
  return {};
}

Result<void> DynamoDb::pause(milliseconds wait, const std::function<bool()>& stopped) {
  const Clock& clock = *session().clock;
  const auto until = clock.now() + wait;
  while (clock.now() < until) {
    if (stopped && stopped()) return fail(ErrorCode::cancelled, "stopped");
    connection_->poll(std::min(milliseconds(100), std::chrono::ceil<milliseconds>(until - clock.now())));
  }
  return {};
}

Result<TableDescription> DynamoDb::wait_until_active(const std::string& name, milliseconds patience, const std::function<bool()>& stopped) {
  const auto give_up_at = session().clock->now() + patience;
  milliseconds wait(100);
  while (true) {
    auto found = TRY(describe_table(name));
    if (!found) return fail(ErrorCode::not_found, "table " + name + " does not exist");
    const bool ready = found->status == "ACTIVE" && std::ranges::all_of(found->indexes, [](const Index& index) { return index.local || index.status == "ACTIVE"; });
    if (ready) return *std::move(found);
    if (session().clock->now() >= give_up_at) return fail(ErrorCode::unavailable, "table " + name + " is still " + found->status, "wait, and run the same command again");
    TRY(pause(wait, stopped));
    wait = std::min(wait * 2, milliseconds(5'000));
  }
}

Result<void> DynamoDb::wait_until_gone(const std::string& name, milliseconds patience, const std::function<bool()>& stopped) {
  const auto give_up_at = session().clock->now() + patience;
  milliseconds wait(100);
  while (TRY(describe_table(name))) {
    if (session().clock->now() >= give_up_at) return fail(ErrorCode::unavailable, "table " + name + " is still being deleted");
    TRY(pause(wait, stopped));
    wait = std::min(wait * 2, milliseconds(5'000));
  }
  return {};
}

Result<ItemPage> DynamoDb::scan(const ScanRequest& request) {
  std::string body = "{\"TableName\":" + quoted(request.table) + ",\"ReturnConsumedCapacity\":\"TOTAL\"";
  if (!request.index.empty()) body += ",\"IndexName\":" + quoted(request.index);
  if (request.total_segments > 1) body += ",\"Segment\":" + std::to_string(request.segment) + ",\"TotalSegments\":" + std::to_string(request.total_segments);
  if (request.limit > 0) body += ",\"Limit\":" + std::to_string(request.limit);
  if (request.consistent) body += ",\"ConsistentRead\":true";
  if (request.count_only) body += ",\"Select\":\"COUNT\"";
  if (!request.projection.empty()) body += ",\"ProjectionExpression\":" + quoted(request.projection);
  if (!request.names.empty()) body += ",\"ExpressionAttributeNames\":" + json::to_text({request.names});
  if (!request.start_key.empty()) body += ",\"ExclusiveStartKey\":" + request.start_key;
  body += '}';
  return read_page(TRY_WITH("table " + request.table, call("Scan", body)));
}

Result<ItemPage> DynamoDb::query(const std::string& body) { return read_page(TRY(call("Query", body))); }

Result<std::optional<json::Value>> DynamoDb::get_item(const std::string& table, std::string_view key) {
  const std::string body = "{\"TableName\":" + quoted(table) + ",\"ConsistentRead\":true,\"Key\":" + std::string(key) + "}";
  const json::Value answer = TRY_WITH("table " + table, call("GetItem", body));
  const json::Value* item = answer.find("Item");
  return item == nullptr ? std::nullopt : std::optional<json::Value>(*item);
}

Result<bool> DynamoDb::put_item(const std::string& table, std::string_view item, const std::string& condition) {
  std::string body = "{\"TableName\":" + quoted(table) + ",\"Item\":" + std::string(item);
  if (!condition.empty()) body += ",\"ConditionExpression\":" + quoted(condition);
  body += '}';
  ServiceError refusal;
  const auto answer = call("PutItem", body, &refusal);
  if (answer) return true;
  if (refusal.code == "ConditionalCheckFailedException") return false;
  return std::unexpected(Error(answer.error()).with("table " + table));
}

Result<void> DynamoDb::delete_item(const std::string& table, std::string_view key) {
  TRY_WITH("table " + table, call("DeleteItem", "{\"TableName\":" + quoted(table) + ",\"Key\":" + std::string(key) + "}"));
  return {};
}

Result<std::vector<json::Value>> DynamoDb::batch_get(const std::string& table, std::span<const std::string_view> keys, const std::string& projection) {
  constexpr std::size_t kMostKeys = 100;  // BatchGetItem's limit
  std::vector<json::Value> items;
  std::vector<std::string> waiting(keys.rbegin(), keys.rend());
  const auto give_up_after = session().clock->now() + patience_;
  auto quiet_until = give_up_after;
  while (!waiting.empty()) {
    std::string body = "{\"RequestItems\":{" + quoted(table) + ":{\"ConsistentRead\":true,";
    if (!projection.empty()) body += "\"ProjectionExpression\":" + quoted(projection) + ",";
    body += "\"Keys\":[";
    const std::size_t count = std::min(waiting.size(), kMostKeys);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) body += ',';
      body += waiting.back();
      waiting.pop_back();
    }
    body += "]}}}";
    json::Value answer = TRY_WITH("table " + table, call("BatchGetItem", body));
    const std::size_t before = items.size();
    for (auto& [name, value] : std::get<json::Object>(answer.content)) {
      auto* tables = std::get_if<json::Object>(&value.content);
      if (tables == nullptr || tables->empty()) continue;
      if (name == "Responses") {
        if (auto* found = std::get_if<json::Array>(&tables->front().second.content)) std::ranges::move(*found, std::back_inserter(items));
      } else if (name == "UnprocessedKeys") {
        const json::Value* unprocessed = tables->front().second.find("Keys");
        if (unprocessed == nullptr || unprocessed->array() == nullptr) continue;
        for (const json::Value& key : *unprocessed->array()) waiting.push_back(json::to_text(key));
      }
    }
    if (items.size() > before) quiet_until = session().clock->now() + patience_;
    else if (!waiting.empty()) {
      if (session().clock->now() > quiet_until) return fail(ErrorCode::throttled, "table " + table + " answers no BatchGetItem any more", "raise its read capacity");
      TRY(pause(milliseconds(50), {}));
    }
  }
  return items;
}

}  // namespace itemize::aws
