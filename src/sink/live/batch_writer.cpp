#include "sink/live/batch_writer.h"

#include <algorithm>
#include <functional>

namespace itemize::sink {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double kSmallestWindow = 2;
/// Once nothing else is to be waited for: how often the stop token and the outage limit are looked at.
constexpr milliseconds kIdle{200};
constexpr std::string_view kTarget = "DynamoDB_20120810.BatchWriteItem";
constexpr std::string_view kPutTarget = "DynamoDB_20120810.PutItem";

std::uint64_t hash_of(std::size_t table, std::string_view key) {
  return std::hash<std::string_view>{}(key) ^ (static_cast<std::uint64_t>(table) * 0x9E3779B97F4A7C15ULL);
}

milliseconds time_allowed(const LiveOptions& options, std::size_t body_bytes) {
  return options.timeout + milliseconds(1000 * (body_bytes >> 20));
}

}  // namespace

BatchWriter::BatchWriter(std::shared_ptr<LiveState> state, std::unique_ptr<aws::Connection> connection, RefusalHandler on_refusal,
                         bool may_put)
    : state_(std::move(state)),
      connection_(std::move(connection)),
      on_refusal_(std::move(on_refusal)),
      may_put_(may_put),
      open_(state_->table_count()),
      ready_(state_->table_count()),
      window_(std::max(kSmallestWindow, static_cast<double>(state_->options().most_requests) / 4)),
      last_success_(state_->clock().now()),
      jitter_(reinterpret_cast<std::uintptr_t>(this) ^ static_cast<std::uint64_t>(last_success_.time_since_epoch().count())) {
  if (state_->options().stop.stop_possible()) {
    wake_on_stop_.emplace(state_->options().stop, std::function<void()>([this] { connection_->wake(); }));
  }
}

Result<std::unique_ptr<BatchWriter>> BatchWriter::open(std::shared_ptr<LiveState> state, RefusalHandler on_refusal, bool may_put) {
  auto connection = TRY(state->take_connection());
  return std::unique_ptr<BatchWriter>(new BatchWriter(std::move(state), std::move(connection), std::move(on_refusal), may_put));
}

BatchWriter::~BatchWriter() {
  wake_on_stop_.reset();
  abandoned_ = true;
  const auto give_up_at = state_->clock().now() + state_->options().stop_patience;
  while (in_flight_ > 0 && state_->clock().now() < give_up_at) connection_->poll(milliseconds(50));
  if (in_flight_ == 0) {
    state_->give_back(std::move(connection_));
    return;
  }
  state_->in_flight.fetch_sub(in_flight_);
  // Whoever still has no answer may be carried out later: their keys are told before the connection is cut.
  for (const auto& request : requests_) {
    if (request->sent_at != Clock::Instant{}) on_unknown(request.get(), "the writer was stopped");
  }
}

// ---- making requests

WriteRequest* BatchWriter::new_request() {
  if (free_.empty()) {
    requests_.push_back(std::make_unique<WriteRequest>());
    return requests_.back().get();
  }
  WriteRequest* request = free_.back();
  free_.pop_back();
  return request;
}

void BatchWriter::retire(WriteRequest* request) {
  --live_;
  live_bytes_ -= request->bytes();
  request->sent_at = {};
  free_.push_back(request);
}

bool BatchWriter::window_is_full() const {
  return live_ >= state_->options().most_requests || live_bytes_ >= state_->options().most_window_bytes;
}

void BatchWriter::seal(std::size_t table) {
  WriteRequest* request = std::exchange(open_[table], nullptr);
  if (request == nullptr) return;
  request->is_put ? request->seal_put() : request->seal();
  if (live_ == 0) last_success_ = state_->clock().now();  // an outage is counted from when there is something to write
  ++live_;
  live_bytes_ += request->bytes();
  ready_[table].push_back(request);
}

Result<void> BatchWriter::add(std::size_t table, const WriteItem& item) {
  if (failure_) return std::unexpected(*failure_);
  const std::uint64_t hash = hash_of(table, item.key);
  while (busy_.contains(hash)) {  // one writer per key, in order: the earlier put first
    seal(table);
    TRY(wait_for_room());
  }
  if (puts_alone(table)) return add_put(table, item, hash);
  const LiveOptions& options = state_->options();
  WriteRequest* request = open_[table];
  if (request != nullptr && request->body().size() + item.text.size() + 8 > options.request_bytes) {
    seal(table);
    request = nullptr;
  }
  if (request == nullptr) {
    while (window_is_full()) TRY(wait_for_room());
    request = open_[table] = new_request();
    request->start(table, state_->table(table).request_head);
  }
  busy_.insert(hash);
  request->add(item, hash);
  if (request->entries().size() < options.items_per_request) return {};
  seal(table);
  return pump(milliseconds(0));
}

Result<void> BatchWriter::drain() {
  if (failure_) return std::unexpected(*failure_);
  for (std::size_t table = 0; table < open_.size(); ++table) seal(table);
  while (live_ > 0) TRY(pump(kIdle));
  if (failure_) return std::unexpected(*failure_);
  return {};
}

// ---- moving them

Result<void> BatchWriter::check_stop() {
  if (state_->options().stop.stop_requested()) fail_with({ErrorCode::cancelled, "stopped", "", {}});
  if (failure_) return std::unexpected(*failure_);
  return {};
}

Result<void> BatchWriter::check_outage() {
  const auto limit = state_->options().most_outage;
  if (limit.count() == 0 || live_ == 0 || state_->clock().now() - last_success_ < limit) return {};
  const LiveProgress now = state_->progress();
  const std::string why = !now.trouble.empty() ? now.trouble : now.throttled_by;
  fail_with({ErrorCode::unavailable,
             "no write has succeeded for " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) + " s" +
                 (why.empty() ? "" : ": " + why),
             "run the same command again; finished work is kept",
             {}});
  return std::unexpected(*failure_);
}

Result<void> BatchWriter::pump(milliseconds wait) {
  TRY(check_stop());
  const auto now = state_->clock().now();
  wake_delayed(now);
  nanoseconds next = send_what_may_leave();
  TRY(check_stop());
  for (const WriteRequest* request : delayed_) next = std::min(next, std::chrono::duration_cast<nanoseconds>(request->not_before - now));
  if (next < wait) wait = std::max(milliseconds(0), std::chrono::ceil<milliseconds>(next));
  if (live_ == 0) wait = milliseconds(0);
  connection_->poll(wait);
  TRY(check_outage());
  if (failure_) return std::unexpected(*failure_);
  return {};
}

Result<void> BatchWriter::wait_for_room() {
  if (on_wait_) on_wait_();
  return pump(kIdle);
}

void BatchWriter::wake_delayed(Clock::Instant now) {
  std::erase_if(delayed_, [&](WriteRequest* request) {
    if (request->not_before > now) return false;
    ready_[request->table()].push_front(request);
    return true;
  });
}

nanoseconds BatchWriter::send_what_may_leave() {
  nanoseconds wait = nanoseconds::max();
  for (std::size_t turn = 0; turn < ready_.size(); ++turn) {
    const std::size_t table = next_table_;
    next_table_ = (next_table_ + 1) % ready_.size();
    auto& queue = ready_[table];
    while (!queue.empty()) {
      if (static_cast<double>(in_flight_) >= window_) return wait;
      WriteRequest* request = queue.front();
      LiveState::Table& shared = state_->table(table);
      const double units = request->write_units();
      const nanoseconds pause = shared.rate.try_take(units * (1 + shared.table.index_units_per_unit));
      if (pause > nanoseconds(0)) {
        wait = std::min(wait, pause);
        break;
      }
      queue.pop_front();
      request->units = units;
      if (!send(request)) return wait;
    }
  }
  return wait;
}

bool BatchWriter::send(WriteRequest* request) {
  if (!request->announced) {
    if (auto told = announce(request); !told) {
      ready_[request->table()].push_front(request);
      fail_with(std::move(told).error());
      return false;
    }
  }
  request->announced = true;
  state_->requests.fetch_add(1, std::memory_order_relaxed);
  if (request->sent_before) {
    state_->retries.fetch_add(1, std::memory_order_relaxed);
    if (state_->hooks().before_retry) state_->hooks().before_retry();
  }
  request->sent_before = true;
  request->sent_at = state_->clock().now();
  ++in_flight_;
  state_->in_flight.fetch_add(1, std::memory_order_relaxed);
  aws::Call call;
  call.target = request->is_put ? kPutTarget : kTarget;
  call.body = request->body();
  call.timeout = time_allowed(state_->options(), request->body().size());
  connection_->submit(call, [this, request](aws::Answer& answer) { on_answer(request, answer); });
  return true;
}

// ---- answers

void BatchWriter::fail_with(Error error) {
  if (!failure_) failure_ = std::move(error);
}

std::vector<std::string_view> BatchWriter::keys_of(const WriteRequest& request, const std::vector<bool>* except) const {
  std::vector<std::string_view> keys;
  const auto entries = request.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (except == nullptr || except->empty() || !(*except)[i]) keys.push_back(request.key(entries[i]));
  }
  return keys;
}

void BatchWriter::on_answer(WriteRequest* request, aws::Answer& answer) {
  --in_flight_;
  state_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  if (answer.sent_twice) on_unknown(request, "a kept connection was dead");
  if (answer.has_trouble && answer.trouble.code != ErrorCode::unavailable) {
    fail_with(std::move(answer.trouble));
    return retry(request);
  }
  switch (answer.kind) {
    case aws::Answer::Kind::ok:
      return on_written(request, answer.body);
    case aws::Answer::Kind::refused:
      return on_refused(request, answer.error, answer.body);
    case aws::Answer::Kind::not_sent:
      state_->note_trouble(answer.failure);
      return retry(request);
    case aws::Answer::Kind::unknown:
      state_->note_trouble(answer.failure);
      on_unknown(request, answer.failure);
      return retry(request);
  }
}

void BatchWriter::on_unknown(WriteRequest* request, const std::string&) {
  // A server that answers too late has too much to do.
  if (request->sent_at > window_cut_at_) {
    window_ = std::max(kSmallestWindow, window_ / 2);
    window_cut_at_ = state_->clock().now();
  }
  if (!std::exchange(request->unknown_noted, true)) state_->unknown_outcomes.fetch_add(1, std::memory_order_relaxed);
  if (state_->hooks().on_unknown_outcome) state_->hooks().on_unknown_outcome(request->table(), keys_of(*request));
}

void BatchWriter::on_written(WriteRequest* request, const std::string& body) {
  LiveState::Table& table = state_->table(request->table());
  auto read = request->is_put ? read_put_answer(body) : read_batch_answer(body, *request, table.table.key_names);
  if (!read) {  // "200" from something that is not DynamoDB
    state_->note_trouble("an answer that cannot be read: " + read.error().message);
    on_unknown(request, "unreadable");
    return retry(request);
  }
  state_->note_success();
  last_success_ = state_->clock().now();
  table.write_units.fetch_add(read->write_units, std::memory_order_relaxed);
  table.index_write_units.fetch_add(read->index_write_units, std::memory_order_relaxed);
  result_.write_units += read->write_units;
  const bool all = read->unprocessed_count == 0;
  const std::size_t count = request->entries().size();
  const double share = static_cast<double>(count - read->unprocessed_count) / static_cast<double>(count);
  acknowledge(request, read->unprocessed, request->units * share);
  if (all) {
    window_ = std::min(window_ + 1 / window_, static_cast<double>(state_->options().most_requests));
    return retire(request);
  }
  if (read->unprocessed_count < count) {
    request->attempts = 0;
    live_bytes_ -= request->bytes();
    request->retain(read->unprocessed, table.request_head);
    live_bytes_ += request->bytes();
  }
  on_throttled(request, {}, "items left unprocessed, table " + table.table.name);
}

void BatchWriter::acknowledge(WriteRequest* request, const std::vector<bool>& unprocessed, double units) {
  LiveState::Table& table = state_->table(request->table());
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  const auto entries = request->entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!unprocessed.empty() && unprocessed[i]) continue;
    const auto& entry = entries[i];
    busy_.erase(entry.key_hash);
    if (entry.item_type >= result_.items.size()) result_.items.resize(entry.item_type + 1);
    ++result_.items[entry.item_type];
    ++items;
    bytes += entry.item_size;
  }
  if (items == 0) return;
  result_.bytes += bytes;
  state_->items.fetch_add(items, std::memory_order_relaxed);
  state_->bytes.fetch_add(bytes, std::memory_order_relaxed);
  table.items.fetch_add(items, std::memory_order_relaxed);
  table.rate.accepted(units * (1 + table.table.index_units_per_unit));
  if (state_->hooks().after_ack) state_->hooks().after_ack(request->table(), keys_of(*request, &unprocessed));
}

void BatchWriter::on_throttled(WriteRequest* request, const std::vector<aws::ThrottlingReason>& reasons, const std::string& otherwise) {
  LiveState::Table& table = state_->table(request->table());
  table.rate.throttled(request->sent_at, request->write_units() * (1 + table.table.index_units_per_unit));
  for (const aws::ThrottlingReason& reason : reasons) state_->note_throttle(reason.reason + " of " + aws::resource_name(reason.resource));
  if (reasons.empty()) state_->note_throttle(otherwise);
  retry(request);
}

void BatchWriter::on_refused(WriteRequest* request, const aws::ServiceError& error, const std::string& body) {
  if (request->is_put && error.code == "ConditionalCheckFailedException") return on_item_in_the_way(request, body);
  switch (error.remedy()) {
    case aws::Remedy::slow_down:
      return on_throttled(request, error.throttling_reasons, error.code + ", table " + state_->table(request->table()).table.name);
    case aws::Remedy::renew_credentials:  // done by the connection; a failure to renew came as trouble
    case aws::Remedy::adjust_clock:
    case aws::Remedy::try_again:
      state_->note_trouble(error.to_string());
      if (error.status >= 500) on_unknown(request, error.code);
      return retry(request);
    case aws::Remedy::split:
      if (request->entries().size() > 1) return split(request);
      return refuse(request, error);
    case aws::Remedy::give_up:
      fail_with(error.to_error().with("writing to table " + state_->table(request->table()).table.name));
      return retry(request);
  }
}

void BatchWriter::split(WriteRequest* request) {
  const std::size_t count = request->entries().size();
  const std::string& head = state_->table(request->table()).request_head;
  for (const auto& [begin, end] : {std::pair{count / 2, count}, std::pair{std::size_t{0}, count / 2}}) {
    WriteRequest* part = new_request();
    part->take_part(*request, begin, end, head);
    ++live_;
    live_bytes_ += part->bytes();
    ready_[part->table()].push_front(part);
  }
  retire(request);
}

void BatchWriter::refuse(WriteRequest* request, const aws::ServiceError& error) {
  const WriteRequest::Entry& entry = request->entries().front();
  busy_.erase(entry.key_hash);
  ++result_.refused;
  state_->refused.fetch_add(1, std::memory_order_relaxed);
  Refusal refusal;
  refusal.table = request->table();
  refusal.item_type = entry.item_type;
  refusal.origin = request->origin(entry);
  refusal.key = request->key(entry);
  refusal.item = request->text(entry);
  refusal.rejection = {item::Reason::refused, "", error.message.empty() ? error.code : error.message};
  if (on_refusal_) {
    if (auto handled = on_refusal_(refusal); !handled) fail_with(std::move(handled).error());
  }
  retire(request);
}

void BatchWriter::retry(WriteRequest* request) {
  request->sent_at = {};
  if (abandoned_ || failure_) return;  // nothing leaves any more; the request stays counted as live
  ++request->attempts;
  request->not_before = state_->clock().now() + jitter_.wait(state_->options().backoff, request->attempts);
  delayed_.push_back(request);
}

}  // namespace itemize::sink
