#include "sink/live/live_state.h"

#include "base/json.h"

namespace itemize::sink {
namespace {

constexpr auto kThrottleIsRecent = std::chrono::seconds(2);

std::string request_head(const LiveTable& table) {
  std::string head = R"({"ReturnConsumedCapacity":")";
  head += table.has_indexes ? "INDEXES" : "TOTAL";
  head += R"(","RequestItems":{)";
  json::append_quoted(head, table.name);
  head += ":[";
  return head;
}

std::string put_head(const LiveTable& table, bool replace) {
  std::string head = R"({"TableName":)";
  json::append_quoted(head, table.name);
  head += R"(,"ReturnConsumedCapacity":")";
  head += table.has_indexes ? "INDEXES\"" : "TOTAL\"";
  if (!replace) {
    head += R"_(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD","ConditionExpression":"attribute_not_exists(#key)","ExpressionAttributeNames":{"#key":)_";
    json::append_quoted(head, table.key_names.front());
    head += "}";
  }
  return head + R"(,"Item":)";
}

}  // namespace

LiveState::Table::Table(LiveTable from, const Clock& clock)
    : table(std::move(from)), request_head(sink::request_head(table)), rate({.maximum = table.most_write_units}, clock) {
  if (!table.keep_existing) return;
  put_head = sink::put_head(table, false);
  replace_head = sink::put_head(table, true);
}

LiveState::LiveState(std::shared_ptr<aws::Session> session, std::vector<LiveTable> tables, LiveOptions options, LiveHooks hooks)
    : session_(std::move(session)), options_(std::move(options)), hooks_(std::move(hooks)) {
  for (LiveTable& table : tables) tables_.push_back(std::make_unique<Table>(std::move(table), *session_->clock));
}

Result<std::unique_ptr<aws::Connection>> LiveState::take_connection() {
  {
    const std::lock_guard guard(connections_lock_);
    if (!connections_.empty()) {
      auto connection = std::move(connections_.back());
      connections_.pop_back();
      return connection;
    }
  }
  return aws::Connection::open(session_);
}

void LiveState::give_back(std::unique_ptr<aws::Connection> connection) {
  const std::lock_guard guard(connections_lock_);
  connections_.push_back(std::move(connection));
}

void LiveState::note_throttle(const std::string& what) {
  const std::lock_guard guard(notes_lock_);
  ++throttles_[what];
  last_throttle_ = what;
  last_throttle_at_ = clock().now();
}

void LiveState::note_trouble(const std::string& what) {
  const std::lock_guard guard(notes_lock_);
  trouble_ = what;
  in_trouble_.store(true, std::memory_order_relaxed);
}

void LiveState::note_success() {
  if (!in_trouble_.load(std::memory_order_relaxed)) return;
  const std::lock_guard guard(notes_lock_);
  trouble_.clear();
  in_trouble_.store(false, std::memory_order_relaxed);
}

LiveProgress LiveState::progress() const {
  LiveProgress progress;
  progress.items = items.load();
  progress.bytes = bytes.load();
  progress.requests = requests.load();
  progress.retries = retries.load();
  progress.refused = refused.load();
  progress.kept = kept.load();
  progress.unknown_outcomes = unknown_outcomes.load();
  progress.in_flight = in_flight.load();
  for (const auto& table : tables_) {
    LiveProgress::Table row{table->table.name, table->items.load(), table->write_units.load(), table->index_write_units.load(), table->rate.rate(), table->rate.achieved()};
    progress.write_units += row.write_units;
    progress.tables.push_back(std::move(row));
  }
  const std::lock_guard guard(notes_lock_);
  progress.throttles = throttles_;
  if (!last_throttle_.empty() && clock().now() - last_throttle_at_ < kThrottleIsRecent) progress.throttled_by = last_throttle_;
  progress.trouble = trouble_;
  return progress;
}

}  // namespace itemize::sink
