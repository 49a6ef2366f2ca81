// What a live sink is told, and what it tells.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/retry.h"

namespace itemize::sink {

/// One DynamoDB table that is written to; in the order of the model's tables (ItemBatch::tables).
struct LiveTable {
  std::string name;
  std::vector<std::string> key_names;  ///< Partition key, then sort key if there is one.
  bool has_indexes = false;            ///< Then consumed capacity is asked for by index.
  double most_write_units = 0;         ///< --rate: WCU a second for this table, all writers together; 0: no cap.
  /// Index writes that each unit of the table causes, where known: counted against the rate. 0: the table's own units only.
  double index_units_per_unit = 0;
  /// on_existing_items: keep. Items are put one by one (PutItem), and only where none stands that this migration did not write.
  bool keep_existing = false;
};

/// Called on the writer's thread. Keys are as in item::Put::key; views are valid during the call only.
struct LiveHooks {
  using Keys = std::span<const std::string_view>;
  /// Before the first attempt of a request leaves: what is done here has happened before DynamoDB can know of the keys. An Error
  /// stops the writer; the request does not leave. `item_types`: of the keys, in their order; meaningless for deletes.
  std::function<Result<void>(std::size_t table, Keys keys, std::span<const std::uint32_t> item_types)> before_send;
  /// Before every further attempt of a request.
  std::function<void()> before_retry;
  /// These keys are durable in DynamoDB. Part of a request's keys where the rest was unprocessed or refused.
  std::function<void(std::size_t table, Keys keys)> after_ack;
  /// A request with these keys got no answer that can be trusted: it may have been, or may yet be, carried out. Called for every
  /// such attempt; the keys are written again in any case, but a late copy of the first attempt could overwrite something newer:
  /// whoever writes them later must look at them after a grace time.
  std::function<void(std::size_t table, Keys keys)> on_unknown_outcome;
  /// For tables with keep_existing, before the first attempt: what the item holds (content_of), so that a later run knows it again.
  std::function<Result<void>(std::size_t table, std::string_view key, std::uint64_t content)> before_put;
  /// For them, where another item stands under the key: whether an earlier run of this migration wrote it, with this content.
  std::function<Result<bool>(std::size_t table, std::string_view key, std::uint64_t content)> is_ours;
};

struct LiveOptions {
  std::size_t most_requests = 32;             ///< In flight, of one writer. The window starts at a quarter and adapts.
  std::size_t most_window_bytes = 64 << 20;   ///< Request bodies a writer holds at once.
  std::size_t items_per_request = 25;         ///< BatchWriteItem's limit.
  std::size_t request_bytes = 4 << 20;        ///< A request is closed at this size (BatchWriteItem's own limit is 16 MB).
  std::chrono::milliseconds timeout{10'000};  ///< For an answer; one second more for each MB sent. After it the outcome is unknown.
  Backoff backoff{std::chrono::milliseconds(50), std::chrono::milliseconds(20'000)};
  std::chrono::milliseconds stop_patience{5'000};  ///< How long a stopped writer waits for answers under way.
  std::chrono::milliseconds most_outage{0};        ///< Give up after so long without one success; 0: never, the world may come back.
  std::stop_token stop;
};

/// What all writers of a sink have done so far, and how it stands now.
struct LiveProgress {
  struct Table {
    std::string name;
    std::uint64_t items = 0;
    double write_units = 0;        ///< As DynamoDB counted, its indexes included.
    double index_write_units = 0;  ///< Of these, its indexes.
    double rate = 0;               ///< Present limit in WCU/s; 0: none.
    double achieved = 0;           ///< WCU/s of late.
  };
  std::uint64_t items = 0;  ///< Durable.
  std::uint64_t bytes = 0;  ///< Item bytes, durable.
  double write_units = 0;
  std::uint64_t requests = 0;  ///< Sent, repetitions included.
  std::uint64_t retries = 0;
  std::uint64_t refused = 0;
  std::uint64_t kept = 0;                          ///< Items that were there, not ours, and stayed (keep_existing).
  std::uint64_t unknown_outcomes = 0;              ///< Requests.
  std::uint64_t in_flight = 0;                     ///< Requests, now.
  std::map<std::string, std::uint64_t> throttles;  ///< By "TableWriteProvisionedThroughputExceeded of table shop".
  std::string throttled_by;                        ///< The last of these, where it is no older than two seconds.
  std::string trouble;                             ///< Why requests fail just now ("no connection"), empty where they do not.
  std::vector<Table> tables;
};

}  // namespace itemize::sink
