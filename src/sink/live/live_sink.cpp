#include "sink/live/live_sink.h"

#include "sink/live/batch_writer.h"
#include "sink/live/live_state.h"

namespace itemize::sink {
namespace {

constexpr item::Framing kPut{kPutFrameBefore, kPutFrameAfter, true};

class LiveWriter final : public Writer {
 public:
  explicit LiveWriter(std::unique_ptr<BatchWriter> writer) : writer_(std::move(writer)) {}

  void on_wait(std::function<void()> handler) override { writer_->on_wait(std::move(handler)); }

  Result<void> write(item::ItemBatch& batch) override {
    for (std::size_t table = 0; table < batch.tables.size(); ++table) {
      const item::TableItems& items = batch.tables[table];
      for (const item::Put& put : items.puts) {
        TRY(writer_->add(table, {items.framed(put), items.key(put), items.origin(put), put.item_size, put.item_type}));
      }
    }
    batch.clear();
    return {};
  }

  Result<WriteResult> finish() override {
    TRY(writer_->drain());
    WriteResult result = writer_->result();
    writer_.reset();
    return result;
  }

 private:
  std::unique_ptr<BatchWriter> writer_;
};

}  // namespace

LiveSink::LiveSink(std::shared_ptr<aws::Session> session, std::vector<LiveTable> tables, LiveOptions options, LiveHooks hooks)
    : state_(std::make_shared<LiveState>(std::move(session), std::move(tables), std::move(options), std::move(hooks))) {}
LiveSink::~LiveSink() = default;

item::Framing LiveSink::framing() const { return kPut; }

Result<std::unique_ptr<Writer>> LiveSink::open(std::uint64_t, RefusalHandler on_refusal) {
  return std::make_unique<LiveWriter>(TRY(BatchWriter::open(state_, std::move(on_refusal))));
}

LiveProgress LiveSink::progress() const { return state_->progress(); }

void LiveSink::set_rate(std::size_t table, double write_units) { state_->table(table).rate.set_maximum(write_units); }

Result<std::uint64_t> LiveSink::delete_keys(std::size_t table, std::span<const std::string_view> keys) {
  const auto writer = TRY(BatchWriter::open(
      state_,
      [&](const Refusal& refusal) -> Result<void> {
        return fail(ErrorCode::invalid_input,
                    "DynamoDB refuses to delete the key " + std::string(refusal.key) + ": " + refusal.rejection.sentence);
      },
      false));
  std::string text;
  for (const std::string_view key : keys) {
    text.assign(R"({"DeleteRequest":{"Key":)").append(key).append("}}");
    TRY(writer->add(table, {text, key, {}, 0, 0}));
  }
  TRY(writer->drain());
  std::uint64_t deleted = 0;
  for (const std::uint64_t count : writer->result().items) deleted += count;
  return deleted;
}

}  // namespace itemize::sink
