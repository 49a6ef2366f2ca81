#include "pipeline/range_job.h"

#include "pipeline/masked_origin.h"

namespace itemize::pipeline {
namespace {

/// One run of one range; lives on one thread.
class RangeRun {
 public:
  RangeRun(const RangeJob& job, RejectPart& rejects, Progress& progress)
      : job_(job), rejects_(rejects), progress_(progress), transformer_(job.program, job.context) {
    items_.tables.resize(job.model.model->tables.size());
  }

  Result<void> convert(const row::RowBatch& batch) {
    rejections_.clear();
    transformer_.run(batch, items_, rejections_);
    for (const transform::RowRejection& rejection : rejections_) {
      TRY(reject(*rejection.item, batch.row(rejection.row), rejection.rejection));
    }
    if (job_.duplicates != nullptr && !job_.duplicates->empty()) TRY(filter());
    rows_ += batch.rows();
    progress_.rows.fetch_add(batch.rows(), std::memory_order_relaxed);
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
    for (const item::TableItems& table : items_.tables) {
      items += table.puts.size();
      for (const item::Put& put : table.puts) bytes += put.item_size;
    }
    progress_.items.fetch_add(items, std::memory_order_relaxed);
    progress_.item_bytes.fetch_add(bytes, std::memory_order_relaxed);
    return {};
  }

  /// A put that DynamoDB refused: known by its origin only.
  Result<void> refused(const sink::Refusal& refusal) {
    progress_.rejects.fetch_add(1, std::memory_order_relaxed);
    const model::ItemType& type = job_.model.model->items[refusal.item_type];
    return rejects_.add({type.name, masked_origin(type, refusal.origin), {}, &refusal.rejection});
  }

  item::ItemBatch& items() { return items_; }
  std::uint64_t rows() const { return rows_; }
  std::uint64_t skipped() const {
    std::uint64_t sum = dropped_;
    for (const std::uint64_t count : transformer_.counts().skipped) sum += count;
    return sum;
  }

 private:
  Result<void> reject(const model::BoundItem& item, std::span<const row::Cell> row, const item::Rejection& rejection) {
    progress_.rejects.fetch_add(1, std::memory_order_relaxed);
    return rejects_.add({item.item->name, masked_origin(item, job_.table, row), transform::row_to_json(job_.table, row), &rejection});
  }

  /// Takes out the puts whose key several rows have. The texts of the others move up.
  Result<void> filter() {
    for (std::size_t table = 0; table < items_.tables.size(); ++table) {
      item::TableItems& items = items_.tables[table];
      std::vector<item::Put> kept;
      Buffer text;
      for (const item::Put& put : items.puts) {
        const model::ItemType& type = job_.model.model->items[put.item_type];
        const auto verdict = type.identity_row ? job_.duplicates->judge(table, items.key(put), type.duplicates) : DuplicateKeys::Verdict::write;
        if (verdict == DuplicateKeys::Verdict::write) {
          item::Put copy = put;
          copy.text_begin = text.size();
          text.append(items.framed(put));
          kept.push_back(copy);
          continue;
        }
        if (verdict == DuplicateKeys::Verdict::drop) {
          ++dropped_;
          continue;
        }
        const std::string key = key_is_sensitive(job_.model, put.item_type) ? "with this key" : std::string(items.key(put));
        const item::Rejection rejection{item::Reason::duplicate_key, "", "several rows would become the item " + key};
        progress_.rejects.fetch_add(1, std::memory_order_relaxed);
        TRY(rejects_.add({type.name, masked_origin(type, items.origin(put)), {}, &rejection}));
      }
      if (kept.size() == items.puts.size()) continue;
      items.puts = std::move(kept);
      items.text = std::move(text);
    }
    return {};
  }

  const RangeJob& job_;
  RejectPart& rejects_;
  Progress& progress_;
  transform::Transformer transformer_;
  item::ItemBatch items_;
  std::vector<transform::RowRejection> rejections_;
  std::uint64_t rows_ = 0;
  std::uint64_t dropped_ = 0;
};

std::unexpected<RangeFailure> of_source(Error error) { return std::unexpected(RangeFailure{std::move(error), true}); }
std::unexpected<RangeFailure> of_sink(Error error) { return std::unexpected(RangeFailure{std::move(error), false}); }

}  // namespace

std::expected<RangeResult, RangeFailure> run_range(const RangeJob& job, const source::Range& range, std::int64_t range_id, sink::Sink& sink,
                                                   Rejects& rejects, Progress& progress, std::stop_token stop) {
  const std::string where = "table " + job.table.table->display_name();
  auto reader = job.snapshot.open(range, *job.table.table, job.table.columns);
  if (!reader) return of_source(std::move(reader).error().with(where));
  RejectPart part = rejects.begin(range_id);
  RangeRun run(job, part, progress);
  auto writer = sink.open(static_cast<std::uint64_t>(range_id), [&run](const sink::Refusal& refusal) { return run.refused(refusal); });
  if (!writer) return of_sink(std::move(writer).error());
  row::RowBatch batch;
  while (true) {
    if (stop.stop_requested()) return of_sink({ErrorCode::cancelled, "stopped", "", {}});
    Result<bool> more = (*reader)->next(batch);
    if (!more) return of_source(std::move(more).error().with(where));
    if (!*more) break;
    if (auto converted = run.convert(batch); !converted) return of_sink(std::move(converted).error());
    if (auto written = (*writer)->write(run.items()); !written) return of_sink(std::move(written).error());
  }
  reader->reset();
  auto written = (*writer)->finish();
  if (!written) return of_sink(std::move(written).error());
  if (auto finished = part.finish(); !finished) return of_sink(std::move(finished).error());
  return RangeResult{job.snapshot.position().value, run.rows(), run.skipped(), part.count(), *std::move(written)};
}

}  // namespace itemize::pipeline
