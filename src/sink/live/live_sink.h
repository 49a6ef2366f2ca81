// LiveSink: items into live DynamoDB tables, by BatchWriteItem with many requests in flight.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "aws/session.h"
#include "sink/live/options.h"
#include "sink/sink.h"

namespace itemize::sink {

class LiveState;

/// Every put can be repeated, so every failure but a permanent one is retried. Guarantees, for each writer:
/// - an item is counted, and after_ack called, only when DynamoDB said that it is stored;
/// - two puts of one key are never under way together, and reach DynamoDB in the order given;
/// - memory is bounded by most_window_bytes and most_requests.
/// open(), progress() and set_rate() may be called from any thread.
class LiveSink final : public Sink {
 public:
  LiveSink(std::shared_ptr<aws::Session> session, std::vector<LiveTable> tables, LiveOptions options, LiveHooks hooks = {});
  ~LiveSink() override;

  item::Framing framing() const override;
  Result<std::unique_ptr<Writer>> open(std::uint64_t range_id, RefusalHandler on_refusal) override;

  LiveProgress progress() const;
  /// WCU a second for one table; 0: no cap. Takes effect at once.
  void set_rate(std::size_t table, double write_units);

  /// Deletes items by key (JSON text as item::Put::key; distinct), with the same retries and rate. Returns how many were deleted or
  /// were not there. before_send and after_ack are called for deletes too.
  Result<std::uint64_t> delete_keys(std::size_t table, std::span<const std::string_view> keys);

 private:
  std::shared_ptr<LiveState> state_;
};

}  // namespace itemize::sink
