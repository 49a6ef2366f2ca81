// DynamoDB: the operations that are waited for: tables, and small reads and writes. Loading is sink/live's work.
//
// Items and keys go in as DynamoDB JSON text ({"PK":{"S":"a"}}) and come out as JSON trees: this room does not know the item room.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/session.h"
#include "base/error.h"
#include "base/json.h"

namespace itemize::aws {

/// One attribute of a key.
struct KeyAttribute {
  std::string name;
  std::string type;          ///< S, N or B.
  bool hash = true;          ///< HASH (partition key) or RANGE (sort key). Indexes may have up to four of each, in order.
};

struct Throughput {
  double read_units = 0;
  double write_units = 0;
};

struct Index {
  std::string name;
  std::vector<KeyAttribute> keys;
  bool local = false;
  std::string projection = "ALL";               ///< ALL, KEYS_ONLY or INCLUDE.
  std::vector<std::string> included;            ///< For INCLUDE.
  Throughput provisioned;                       ///< For tables with PROVISIONED billing.
  std::optional<Throughput> warm;
  // Described only:
  std::string status;                           ///< CREATING, ACTIVE, ...; empty for local ones.
  bool backfilling = false;
  std::uint64_t item_count = 0;
  std::uint64_t size_bytes = 0;
  std::string arn;
};

/// What CreateTable is told.
struct TableDefinition {
  std::string name;
  std::vector<KeyAttribute> keys;
  std::vector<Index> indexes;
  std::string billing_mode = "PAY_PER_REQUEST"; ///< or PROVISIONED
  Throughput provisioned;
  std::optional<Throughput> warm;
  std::string stream_view_type;                 ///< NEW_AND_OLD_IMAGES, ...; empty: no stream.
  bool deletion_protection = false;
  std::string table_class;                      ///< Empty: STANDARD.
  std::vector<std::pair<std::string, std::string>> tags;
};

/// What DescribeTable tells.
struct TableDescription {
  std::string name;
  std::string arn;
  std::string id;                               ///< Empty from DynamoDB Local: there, created_at tells one table of a name from the next.
  std::string created_at;                       ///< CreationDateTime: seconds since 1970, as written in the answer.
  std::string status;                           ///< CREATING, UPDATING, DELETING, ACTIVE, ARCHIVED, ...
  std::vector<KeyAttribute> keys;
  std::vector<Index> indexes;
  std::string billing_mode;
  Throughput provisioned;
  std::optional<Throughput> warm;
  std::string stream_view_type;
  std::string stream_arn;
  std::string table_class;
  bool deletion_protection = false;
  std::uint64_t item_count = 0;                 ///< As of up to six hours ago: only a count by Scan is exact.
  std::uint64_t size_bytes = 0;
};

struct TimeToLive {
  std::string status;                           ///< ENABLED, DISABLED, ENABLING, DISABLING.
  std::string attribute;
};

/// What UpdateTable is told; what is empty stays as it is. DynamoDB takes one kind of change at a time.
struct TableChange {
  std::string name;
  std::string billing_mode;
  std::optional<Throughput> provisioned;
  std::optional<Throughput> warm;
  std::optional<std::string> stream_view_type;  ///< Empty text: switch the stream off.
  std::optional<bool> deletion_protection;
  std::optional<Index> create_index;
  std::string delete_index;
  std::vector<KeyAttribute> key_attributes;     ///< Types of the keys of create_index and of all keys there are.
};

/// A page of Scan or Query.
struct ScanRequest {
  std::string table;
  std::string index;
  int segment = 0;
  int total_segments = 1;
  std::int64_t limit = 0;                       ///< Items examined a page; 0: 1 MB.
  bool consistent = true;                       ///< Not for global secondary indexes.
  std::string projection;                       ///< ProjectionExpression; empty: all attributes.
  json::Object names;                           ///< ExpressionAttributeNames
  bool count_only = false;
  std::string start_key;                        ///< JSON text of the LastEvaluatedKey before; empty: from the start.
};

struct ItemPage {
  std::vector<json::Value> items;
  std::uint64_t count = 0;
  std::string last_key;                         ///< JSON text; empty: this was the last page.
  double read_units = 0;
};

/// One connection to DynamoDB. One thread. Every call retries throttles and passing faults for up to `patience`; until something
/// was answered for at most ten seconds, for the address may be wrong.
class DynamoDb {
 public:
  static Result<std::unique_ptr<DynamoDb>> open(std::shared_ptr<Session> session, std::chrono::milliseconds patience = std::chrono::seconds(60));

  /// ResourceInUse (the table exists) is a conflict Error.
  Result<TableDescription> create_table(const TableDefinition& definition);
  /// None where there is no such table.
  Result<std::optional<TableDescription>> describe_table(const std::string& name);
  Result<void> delete_table(const std::string& name);
  Result<std::vector<std::string>> list_tables();
  Result<TableDescription> update_table(const TableChange& change);
  Result<TimeToLive> describe_time_to_live(const std::string& table);
  Result<void> update_time_to_live(const std::string& table, const std::string& attribute, bool enabled);
  /// DescribeEndpoints-free check that credentials and endpoint work: ListTables with limit 1.
  Result<void> ping();

  /// Waits until the table and all its global indexes are ACTIVE. An Error (unavailable) after `patience`; not_found if it is gone.
  Result<TableDescription> wait_until_active(const std::string& name, std::chrono::milliseconds patience, const std::function<bool()>& stopped = {});
  Result<void> wait_until_gone(const std::string& name, std::chrono::milliseconds patience, const std::function<bool()>& stopped = {});

  Result<ItemPage> scan(const ScanRequest& request);
  /// `body` holds the parameters of DynamoDB's Query, in its own words, as a JSON object.
  Result<ItemPage> query(const std::string& body);
  /// Strongly consistent; none where there is no such item.
  Result<std::optional<json::Value>> get_item(const std::string& table, std::string_view key);
  /// `condition`: a ConditionExpression without values, "attribute_not_exists(PK)"; empty: none. False: the condition did not hold.
  Result<bool> put_item(const std::string& table, std::string_view item, const std::string& condition = {});
  Result<void> delete_item(const std::string& table, std::string_view key);
  /// Reads up to any number of items by key, strongly consistent, 100 a request, unprocessed keys retried. Keys must be distinct;
  /// an item that does not exist is not given.
  Result<std::vector<json::Value>> batch_get(const std::string& table, std::span<const std::string_view> keys, const std::string& projection = {});

  /// Any other operation: JSON object in, JSON object out.
  Result<json::Value> call(std::string_view operation, std::string_view body, ServiceError* refusal = nullptr);

  Session& session() { return connection_->session(); }

 private:
  DynamoDb(std::unique_ptr<Connection> connection, std::chrono::milliseconds patience) : connection_(std::move(connection)), patience_(patience) {}
  Result<void> pause(std::chrono::milliseconds wait, const std::function<bool()>& stopped);

  std::unique_ptr<Connection> connection_;
  std::chrono::milliseconds patience_;
  bool was_answered_ = false;
};

/// The CreateTable request, and the description read from an answer: open for tests and for `create --print`.
json::Value create_table_request(const TableDefinition& definition);
TableDescription parse_table_description(const json::Value& table);

}  // namespace itemize::aws
