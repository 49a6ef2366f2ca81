// The part of BatchWriter that puts items one by one, where an item that is not ours must stay (LiveTable::keep_existing).
#include "sink/live/batch_writer.h"
#include "sink/live/content.h"

namespace itemize::sink {

Result<void> BatchWriter::add_put(std::size_t table, const WriteItem& item, std::uint64_t hash) {
  while (window_is_full()) TRY(wait_for_room());
  WriteItem bare = item;
  bare.text.remove_prefix(kPutFrameBefore.size());
  bare.text.remove_suffix(kPutFrameAfter.size());
  WriteRequest* request = open_[table] = new_request();
  request->start(table, state_->table(table).put_head);
  request->is_put = true;
  request->content = TRY_WITH("an item of our own", content_of(bare.text));
  busy_.insert(hash);
  request->add(bare, hash);
  seal(table);
  return pump(std::chrono::milliseconds(0));
}

Result<void> BatchWriter::announce(WriteRequest* request) {
  const LiveHooks& hooks = state_->hooks();
  if (hooks.before_send) {
    std::vector<std::uint32_t> item_types;
    for (const WriteRequest::Entry& entry : request->entries()) item_types.push_back(entry.item_type);
    TRY(hooks.before_send(request->table(), keys_of(*request), item_types));
  }
  if (request->is_put && hooks.before_put)
    TRY(hooks.before_put(request->table(), request->key(request->entries().front()), request->content));
  return {};
}

void BatchWriter::on_item_in_the_way(WriteRequest* request, const std::string& body) {
  auto item = item_in_the_way(body);
  auto content = item ? content_of(*item) : Result<std::uint64_t>(std::unexpected(item.error()));
  if (!content) {
    state_->note_trouble("a refusal that cannot be read: " + content.error().message);
    return retry(request);
  }
  state_->note_success();
  last_success_ = state_->clock().now();
  window_ = std::min(window_ + 1 / window_, static_cast<double>(state_->options().most_requests));
  // An earlier attempt of this very request was carried out, or an earlier run wrote the same.
  if (*content == request->content) {
    acknowledge(request, {}, request->units);
    return retire(request);
  }
  const WriteRequest::Entry& entry = request->entries().front();
  const auto ours =
      state_->hooks().is_ours ? state_->hooks().is_ours(request->table(), request->key(entry), *content) : Result<bool>(false);
  if (!ours) {
    fail_with(ours.error());
    return retry(request);
  }
  if (*ours) {
    live_bytes_ -= request->bytes();
    request->replace_head(state_->table(request->table()).replace_head);
    live_bytes_ += request->bytes();
    ready_[request->table()].push_front(request);
    request->sent_at = {};
    return;
  }
  busy_.erase(entry.key_hash);
  ++result_.kept;
  state_->kept.fetch_add(1, std::memory_order_relaxed);
  if (state_->hooks().after_ack) state_->hooks().after_ack(request->table(), keys_of(*request));
  retire(request);
}

}  // namespace itemize::sink
