// BatchWriter: one thread's window of BatchWriteItem requests.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "aws/session.h"
#include "base/retry.h"
#include "sink/live/batch_answer.h"
#include "sink/live/busy_keys.h"
#include "sink/live/live_state.h"
#include "sink/live/request.h"
#include "sink/sink.h"

namespace itemize::sink {

/// Items go in by add(); requests are made of them, sent, sent again, taken apart, until each item is durable or refused.
///
/// A request is in one of four places: open (being filled), ready (waiting for the rate or the window), delayed (waiting out its
/// backoff), or in flight. The first Error ends everything: add() and drain() return it from then on.
class BatchWriter {
 public:
  /// `may_put`: false for deletes, which go by BatchWriteItem also where items are put one by one (keep_existing).
  static Result<std::unique_ptr<BatchWriter>> open(std::shared_ptr<LiveState> state, RefusalHandler on_refusal, bool may_put = true);
  ~BatchWriter();  ///< Waits for what is in flight, for at most options.stop_patience.
  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

  /// Called again and again while add() waits.
  void on_wait(std::function<void()> handler) { on_wait_ = std::move(handler); }
  /// Copies the item. Blocks while the window is full, or while an item with the same key is under way.
  Result<void> add(std::size_t table, const WriteItem& item);
  /// Sends what is open and returns when everything is durable or refused.
  Result<void> drain();

  const WriteResult& result() const { return result_; }

 private:
  BatchWriter(std::shared_ptr<LiveState> state, std::unique_ptr<aws::Connection> connection, RefusalHandler on_refusal, bool may_put);

  // Making requests.
  WriteRequest* new_request();
  void retire(WriteRequest* request);
  void seal(std::size_t table);
  bool window_is_full() const;

  // Moving them.
  Result<void> pump(std::chrono::milliseconds wait);
  Result<void> wait_for_room();
  std::chrono::nanoseconds send_what_may_leave();
  bool send(WriteRequest* request);
  void wake_delayed(Clock::Instant now);
  Result<void> check_stop();
  Result<void> check_outage();

  // Answers.
  void on_answer(WriteRequest* request, aws::Answer& answer);
  void on_written(WriteRequest* request, const std::string& body);
  void on_refused(WriteRequest* request, const aws::ServiceError& error, const std::string& body);
  void on_throttled(WriteRequest* request, const std::vector<aws::ThrottlingReason>& reasons, const std::string& otherwise);
  void on_unknown(WriteRequest* request, const std::string& why);
  bool puts_alone(std::size_t table) const { return may_put_ && state_->table(table).table.keep_existing; }
  Result<void> announce(WriteRequest* request);
  Result<void> add_put(std::size_t table, const WriteItem& item, std::uint64_t hash);
  void on_item_in_the_way(WriteRequest* request, const std::string& body);
  void acknowledge(WriteRequest* request, const std::vector<bool>& unprocessed, double units);
  void split(WriteRequest* request);
  void refuse(WriteRequest* request, const aws::ServiceError& error);
  void retry(WriteRequest* request);
  void fail_with(Error error);
  std::vector<std::string_view> keys_of(const WriteRequest& request, const std::vector<bool>* except = nullptr) const;

  std::shared_ptr<LiveState> state_;
  std::unique_ptr<aws::Connection> connection_;
  RefusalHandler on_refusal_;
  std::function<void()> on_wait_;
  bool may_put_;
  WriteResult result_;
  std::optional<Error> failure_;
  bool abandoned_ = false;  // the destructor waits: nothing new leaves

  std::vector<std::unique_ptr<WriteRequest>> requests_;
  std::vector<WriteRequest*> free_;
  std::vector<WriteRequest*> open_;               // by table; null: none
  std::vector<std::deque<WriteRequest*>> ready_;  // by table
  std::vector<WriteRequest*> delayed_;
  std::size_t next_table_ = 0;  // tables take turns
  BusyKeys busy_;
  std::size_t live_ = 0;  // ready + delayed + in flight
  std::size_t live_bytes_ = 0;
  std::size_t in_flight_ = 0;

  double window_;  // requests in flight, between 2 and most_requests
  Clock::Instant window_cut_at_{};
  Clock::Instant last_success_;
  Jitter jitter_;
  std::optional<std::stop_callback<std::function<void()>>> wake_on_stop_;
};

}  // namespace itemize::sink
