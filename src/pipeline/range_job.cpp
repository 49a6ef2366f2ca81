#include "pipeline/range_job.h"

#include "pipeline/copy_number.h"
#include "pipeline/masked_origin.h"
#include "pipeline/spool.h"

namespace itemize::pipeline {
namespace {

/// The reject of an item whose row is not at hand any more: what it says is the item.
Result<void> reject_item(const model::BoundModel& model, std::size_t item_type, std::string_view origin, std::string_view framed,
                         const item::Framing& framing, const item::Rejection& rejection, RejectPart& rejects) {
  const model::ItemType& type = model.model->items[item_type];
  const std::size_t frame = framing.before.size() + framing.after.size();
  const std::string_view text = framed.size() < frame ? std::string_view() : framed.substr(framing.before.size(), framed.size() - frame);
  return rejects.add({type.name, masked_origin(type, origin), {}, masked_item(model, item_type, text), &rejection});
}

/// What a run has told Progress. Where it comes to nothing (the range is read again), it is taken back.
class Told {
 public:
  explicit Told(Progress& progress) : progress_(progress) {}
  Told(const Told&) = delete;
  ~Told() {
    if (!kept_) withdraw(progress_, counts_);
  }
  void add(const ProgressCounts& counts) {
    progress_.rows.fetch_add(counts.rows, std::memory_order_relaxed);
    progress_.items.fetch_add(counts.items, std::memory_order_relaxed);
    progress_.item_bytes.fetch_add(counts.item_bytes, std::memory_order_relaxed);
    progress_.rejects.fetch_add(counts.rejects, std::memory_order_relaxed);
    counts_.rows += counts.rows;
    counts_.items += counts.items;
    counts_.item_bytes += counts.item_bytes;
    counts_.rejects += counts.rejects;
  }
  ProgressCounts keep() {
    kept_ = true;
    return counts_;
  }

 private:
  Progress& progress_;
  ProgressCounts counts_;
  bool kept_ = false;
};

/// One run of one range; lives on one thread.
class RangeRun {
 public:
  RangeRun(const RangeJob& job, std::int64_t range_id, RejectPart& rejects, Progress& progress)
      : job_(job), range_id_(range_id), rejects_(rejects), told_(progress), transformer_(job.program, job.context) {
    items_.tables.resize(job.model.model->tables.size());
  }

  Result<void> convert(const row::RowBatch& batch) {
    rejections_.clear();
    TRY(transformer_.run(batch, items_, rejections_));
    for (const transform::RowRejection& rejection : rejections_) {
      if (job_.only != nullptr && rejection.item != job_.only) continue;
      TRY(reject(*rejection.item, batch.row(rejection.row), rejection.rejection));
    }
    if (job_.only != nullptr || (job_.duplicates != nullptr && !job_.duplicates->empty())) TRY(filter());
    rows_ += batch.rows();
    ProgressCounts counts{.rows = batch.rows()};
    for (const item::TableItems& table : items_.tables) {
      counts.items += table.puts.size();
      for (const item::Put& put : table.puts) counts.item_bytes += put.item_size;
    }
    told_.add(counts);
    return {};
  }

  Result<void> refused(const sink::Refusal& refusal) {
    told_.add({.rejects = 1});
    return reject_item(job_.model, refusal.item_type, refusal.origin, refusal.item, job_.program.framing(), refusal.rejection, rejects_);
  }
  /// What was told stays true.
  ProgressCounts keep() { return told_.keep(); }

  item::ItemBatch& items() { return items_; }
  std::uint64_t rows() const { return rows_; }
  std::uint64_t skipped() const {
    std::uint64_t sum = dropped_;
    for (const std::uint64_t count : transformer_.counts().skipped) sum += count;
    return sum;
  }

 private:
  Result<void> reject(const model::BoundItem& item, std::span<const row::Cell> row, const item::Rejection& rejection) {
    told_.add({.rejects = 1});
    return rejects_.add({item.item->name, masked_origin(item, job_.table, row), transform::row_to_json(job_.table, row), {}, &rejection});
  }

  DuplicateKeys::Verdict judge(std::size_t table, const item::TableItems& items, const item::Put& put) {
    const model::ItemType& type = job_.model.model->items[put.item_type];
    if (!type.identity_row || job_.duplicates == nullptr || job_.duplicates->empty()) return {};
    return job_.duplicates->judge(table, items.key(put), type.duplicates, range_id_, met_);
  }

  /// Takes out the puts that nobody asked for, and those whose key several rows have, unless they get a number. The texts of the others
  /// move up.
  Result<void> filter() {
    for (std::size_t table = 0; table < items_.tables.size(); ++table) {
      item::TableItems& items = items_.tables[table];
      std::vector<item::Put> kept;
      Buffer text;
      bool changed = false;
      for (const item::Put& put : items.puts) {
        if (job_.only != nullptr && put.item_type != job_.only->index) continue;
        const auto verdict = judge(table, items, put);
        if (verdict.what == DuplicateKeys::What::drop) {
          ++dropped_;
          continue;
        }
        item::Put copy = put;
        std::optional<item::Rejection> rejection = verdict.what == DuplicateKeys::What::reject
                                                       ? shared_key(items, put)
                                                       : append_numbered(job_.model, items, copy, verdict.number, text);
        if (rejection) {
          TRY(reject(items, put, *rejection));
          continue;
        }
        changed = changed || verdict.number > 1;
        kept.push_back(copy);
      }
      if (!changed && kept.size() == items.puts.size()) continue;
      items.puts = std::move(kept);
      items.text = std::move(text);
    }
    return {};
  }

  std::optional<item::Rejection> shared_key(const item::TableItems& items, const item::Put& put) const {
    const std::string key = key_is_sensitive(job_.model, put.item_type) ? "with this key" : std::string(items.key(put));
    const bool numbered = job_.model.model->items[put.item_type].duplicates == model::Duplicates::number;
    return item::Rejection{
        item::Reason::duplicate_key, "",
        (numbered ? "several rows that are not alike would become the item " : "several rows would become the item ") + key};
  }

  Result<void> reject(const item::TableItems& items, const item::Put& put, const item::Rejection& rejection) {
    told_.add({.rejects = 1});
    return reject_item(job_.model, put.item_type, items.origin(put), items.framed(put), job_.program.framing(), rejection, rejects_);
  }

  const RangeJob& job_;
  std::int64_t range_id_;
  RejectPart& rejects_;
  Told told_;
  transform::Transformer transformer_;
  item::ItemBatch items_;
  std::vector<transform::RowRejection> rejections_;
  std::uint64_t rows_ = 0;
  std::uint64_t dropped_ = 0;
  DuplicateKeys::Met met_;
};

using Failure = std::unexpected<RangeFailure>;
Failure of_source(Error error) { return Failure(RangeFailure{std::move(error), RangeFailure::Of::source}); }
Failure of_sink(Error error) { return Failure(RangeFailure{std::move(error), RangeFailure::Of::elsewhere}); }

/// The reading half: what is the same whether items go to the sink or to the queue.
class RangeReading {
 public:
  RangeReading(const RangeJob& job, std::int64_t range_id, RejectPart& rejects, const RangeContext& context)
      : job_(job), context_(context), run_(job, range_id, rejects, context.progress), where_("table " + job.table.table->display_name()) {}

  std::expected<void, RangeFailure> open(const source::Range& range) {
    auto reader = WideReader::open(job_.snapshot, range, job_.table, job_.related);
    if (!reader) return of_source(std::move(reader).error().with(where_));
    reader_ = *std::move(reader);
    return {};
  }

  /// The next batch's items are in items(); false at the end.
  std::expected<bool, RangeFailure> next() {
    if (context_.stop.stop_requested()) return of_sink({ErrorCode::cancelled, "stopped", "", {}});
    if (auto passed = context_.gate.pass(context_.stop); !passed) return of_sink(std::move(passed).error());
    Result<bool> more = reader_->next();
    if (!more) return of_source(std::move(more).error().with(where_));
    if (!*more) return false;
    if (auto converted = run_.convert(reader_->batch()); !converted) return of_sink(std::move(converted).error());
    return true;
  }

  void close() {
    joined_ = reader_->counts();
    reader_.reset();
  }
  RangeRun& run() { return run_; }
  item::ItemBatch& items() { return run_.items(); }
  RangeResult result(std::uint64_t rejects, sink::WriteResult written) const {
    RangeResult result{job_.snapshot.position().value, run_.rows(), run_.skipped(), rejects, std::move(written)};
    result.joined = joined_;
    return result;
  }

 private:
  const RangeJob& job_;
  const RangeContext& context_;
  RangeRun run_;
  std::string where_;
  std::unique_ptr<WideReader> reader_;
  std::vector<JoinCount> joined_;
};

/// How much of the time the sink took.
class SinkWatch {
 public:
  explicit SinkWatch(SlowSink slow) : slow_(slow) {}
  void begin_write() { write_began_ = Steady::now(); }
  void end_write() {
    writing_ += Steady::now() - *write_began_;
    write_began_.reset();
  }
  /// Also in the middle of a write, which may take as long as the target likes.
  bool is_slow() const {
    const auto now = Steady::now();
    const Steady::duration writing = writing_ + (write_began_ ? now - *write_began_ : Steady::duration(0));
    return slow_.at_least.count() > 0 && writing >= slow_.at_least && writing > (now - began_) * slow_share;
  }
  void tell(RangeResult& result) const {
    using std::chrono::milliseconds;
    result.waited = std::chrono::duration_cast<milliseconds>(writing_);
    result.took = std::chrono::duration_cast<milliseconds>(Steady::now() - began_);
  }

 private:
  using Steady = std::chrono::steady_clock;
  SlowSink slow_;
  Steady::time_point began_ = Steady::now();
  std::optional<Steady::time_point> write_began_;
  Steady::duration writing_{0};
};

}  // namespace

std::expected<RangeResult, RangeFailure> run_range(const RangeJob& job, const source::Range& range, std::int64_t range_id, sink::Sink& sink,
                                                   const RangeContext& context, SlowSink slow, const SourceDone& source_done) {
  RejectPart part = context.rejects.begin(range_id);
  RangeReading reading(job, range_id, part, context);
  if (auto opened = reading.open(range); !opened) return std::unexpected(std::move(opened).error());
  auto writer =
      sink.open(static_cast<std::uint64_t>(range_id), [&reading](const sink::Refusal& refusal) { return reading.run().refused(refusal); });
  if (!writer) return of_sink(std::move(writer).error());
  SinkWatch watch(slow);
  bool given_up = false;
  // The items are the writer's own: the source is let go although they still wait for room.
  const auto give_up_when_slow = [&] {
    if (given_up || !watch.is_slow()) return;
    given_up = true;
    reading.close();
    source_done(true);
  };
  (*writer)->on_wait(give_up_when_slow);
  while (true) {
    const auto more = reading.next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    watch.begin_write();
    if (auto written = (*writer)->write(reading.items()); !written) return of_sink(std::move(written).error());
    watch.end_write();
    give_up_when_slow();
    if (!given_up) continue;
    // What is on its way arrives; it is written again from the queue, which changes nothing.
    if (auto finished = (*writer)->finish(); !finished) return of_sink(std::move(finished).error());
    part.discard();
    return Failure(RangeFailure{{}, RangeFailure::Of::slow_sink});
  }
  reading.close();
  RangeResult result = reading.result(0, {});  // while the snapshot is sure to live
  source_done(false);
  watch.begin_write();
  auto written = (*writer)->finish();
  watch.end_write();
  if (!written) return of_sink(std::move(written).error());
  watch.tell(result);
  if (auto finished = part.finish(); !finished) return of_sink(std::move(finished).error());
  result.rejects = part.count();
  result.written = *std::move(written);
  result.told = reading.run().keep();
  return result;
}

std::expected<RangeResult, RangeFailure> spool_range(const RangeJob& job, const source::Range& range, std::int64_t range_id,
                                                     const std::string& path, const RangeContext& context) {
  RejectPart part = context.rejects.begin(range_id, Rejects::Stage::spooling);
  RangeReading reading(job, range_id, part, context);
  if (auto opened = reading.open(range); !opened) return std::unexpected(std::move(opened).error());
  auto spool = SpoolWriter::create(path);
  if (!spool) return of_sink(std::move(spool).error());
  while (true) {
    const auto more = reading.next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    if (auto written = spool->write(reading.items()); !written) return of_sink(std::move(written).error());
    reading.items().clear();
  }
  reading.close();
  if (auto finished = spool->finish(); !finished) return of_sink(std::move(finished).error());
  if (auto finished = part.finish(); !finished) return of_sink(std::move(finished).error());
  sink::WriteResult waiting;
  waiting.bytes = spool->bytes();
  RangeResult result = reading.result(part.count(), std::move(waiting));
  result.told = reading.run().keep();
  return result;
}

Result<DrainResult> drain_range(const model::BoundModel& model, std::int64_t range_id, const std::string& path, sink::Sink& sink,
                                const RangeContext& context) {
  RejectPart part = context.rejects.begin(range_id, Rejects::Stage::draining);
  const auto refused = [&](const sink::Refusal& refusal) {
    context.progress.rejects.fetch_add(1, std::memory_order_relaxed);
    return reject_item(model, refusal.item_type, refusal.origin, refusal.item, sink.framing(), refusal.rejection, part);
  };
  auto writer = TRY(sink.open(static_cast<std::uint64_t>(range_id), refused));
  SpoolReader spool = TRY(SpoolReader::open(path));
  item::ItemBatch batch;
  batch.tables.resize(model.model->tables.size());
  while (TRY(spool.next(batch))) {
    if (context.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
    TRY(context.gate.pass_reason(gate_of_user, context.stop));
    TRY(writer->write(batch));
  }
  DrainResult result;
  result.written = TRY(writer->finish());
  TRY(part.finish());
  result.rejects = part.count();
  return result;
}

}  // namespace itemize::pipeline
