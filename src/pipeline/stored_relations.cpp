#include "pipeline/stored_relations.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "pipeline/destination.h"

namespace itemize::pipeline {
namespace {

constexpr int most_fill_attempts = 5;
constexpr auto look_for_slots_again = std::chrono::milliseconds(200);
/// Sorted rows are written once and merged once: for a moment both are there. The rows themselves are mostly smaller than in the source.
constexpr double bytes_per_source_byte = 1.5;
constexpr std::uint64_t least_room = 32 << 20;

class StoreRows : public RelatedRows {
 public:
  explicit StoreRows(std::unique_ptr<store::StoreReader> reader) : reader_(std::move(reader)) {}
  Result<void> prepare(const JoinedRows&, const row::RowBatch&) override { return {}; }
  Result<void> find(const Join& join, std::string_view key, const std::function<bool(std::string_view)>& visit) override {
    return reader_->find(join.stored, key, visit);
  }

 private:
  std::unique_ptr<store::StoreReader> reader_;
};

struct FillPart {
  const RelatedTable* table;
  source::Range range;
};

}  // namespace

/// The phase that fills a store: its own threads, each with a writer, until no part is left.
class StoreFilling {
 public:
  StoreFilling(const Snapshots& snapshots, StoredRelations& relations, const FillOptions& options, Progress& progress)
      : snapshots_(snapshots), relations_(relations), options_(options), progress_(progress), own_slots_(options.connections) {}

  Result<void> run() {
    progress_.set_phase("reading " + names_of(relations_.joins()) + " for documents");
    for (const RelatedTable& table : relations_.joins().tables())
      for (source::Range& range :
           TRY_WITH("table " + table.table->display_name(), snapshots_.by_source[table.source]->plan(*table.table, options_.range_bytes)))
        parts_.push_back({&table, std::move(range)});
    const auto threads = std::min(static_cast<std::size_t>(std::max(1, options_.connections)), parts_.size());
    {
      std::vector<std::jthread> workers;
      for (std::size_t index = 0; index < threads; ++index) workers.emplace_back([this] { work(); });
    }
    if (failure_) return std::unexpected(std::move(*failure_));
    if (options_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
    progress_.set_phase("sorting rows for documents");
    TRY(relations_.store_->ready(options_.stop));
    progress_.set_phase("");
    return {};
  }

 private:
  using Counts = std::map<store::TableNumber, StoredCount>;

  void work() {
    const auto writer = relations_.store_->writer();
    std::optional<FillPart> part;
    Result<void> done;
    while (done && (part = next_part())) {
      done = read_with_attempts(*writer, *part);
      const std::lock_guard lock(mutex_);
      --reading_;
      changed_.notify_all();
    }
    if (done) done = writer->finish();
    if (done) return;
    const std::lock_guard lock(mutex_);
    // What others say after the first is an echo: they were stopped.
    if (!failure_) failure_ = std::move(done).error();
    stop_.request_stop();
    changed_.notify_all();
  }

  bool stopped() const { return stop_.stop_requested() || options_.stop.stop_requested(); }

  std::optional<FillPart> next_part() {
    std::unique_lock lock(mutex_);
    const ReaderSlots& slots = options_.slots != nullptr ? *options_.slots : own_slots_;
    while (!parts_.empty() && !stopped()) {
      if (reading_ < slots.count()) {
        FillPart part = std::move(parts_.front());
        parts_.pop_front();
        ++reading_;
        return part;
      }
      changed_.wait_for(lock, look_for_slots_again);
    }
    return std::nullopt;
  }

  Result<void> read_with_attempts(store::StoreWriter& writer, const FillPart& part) {
    const std::string where = "table " + part.table->table->display_name();
    source::Snapshot& snapshot = *snapshots_.by_source[part.table->source];
    for (int attempt = 1;; ++attempt) {
      writer.begin_part();
      Counts counts;
      bool of_source = false;
      Result<void> read = read_part(writer, part, counts, of_source);
      if (read) {
        TRY(writer.end_part());
        const std::lock_guard lock(mutex_);
        for (const auto& [number, count] : counts) {
          relations_.counts_[number].rows += count.rows;
          relations_.counts_[number].without_key += count.without_key;
        }
        return {};
      }
      writer.discard_part();
      if (!of_source || read.error().code != ErrorCode::unavailable || attempt == most_fill_attempts || !snapshot.alive())
        return std::unexpected(std::move(read).error().with(where));
      progress_.say("reading a part of " + part.table->table->display_name() + " again: " + read.error().message);
      TRY(wait_for(std::chrono::milliseconds(200) * (1 << attempt), options_.stop));
    }
  }

  Result<void> read_part(store::StoreWriter& writer, const FillPart& part, Counts& counts, bool& of_source) {
    const RelatedTable& table = *part.table;
    of_source = true;
    const auto reader =
        TRY(snapshots_.by_source[table.source]->open_with_key_forms(part.range, *table.table, table.columns, table.key_forms));
    row::RowBatch batch;
    Buffer key;
    Buffer row;
    while (true) {
      if (stopped()) return fail(ErrorCode::cancelled, "stopped");
      if (options_.gate != nullptr) TRY(options_.gate->pass(options_.stop));
      if (!TRY(reader->next(batch))) return {};
      progress_.rows.fetch_add(batch.rows(), std::memory_order_relaxed);
      of_source = false;
      for (std::size_t index = 0; index < batch.rows(); ++index) {
        const std::span<const row::Cell> cells = batch.row(index);
        row.clear();
        store::append_row(cells, row);
        for (const RelatedTable::Key& each : table.keys) {
          StoredCount& count = counts[each.number];
          if (!append_edge_key(each.parts, cells.data(), cells.size(), nullptr, key)) {
            ++count.without_key;
            continue;
          }
          ++count.rows;
          TRY(writer.add(each.number, key.view(), row.view()));
        }
      }
      of_source = true;
    }
  }

  const Snapshots& snapshots_;
  StoredRelations& relations_;
  const FillOptions& options_;
  Progress& progress_;
  ReaderSlots own_slots_;
  std::stop_source stop_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FillPart> parts_;
  int reading_ = 0;
  std::optional<Error> failure_;
};

Result<std::unique_ptr<StoredRelations>> StoredRelations::fill(const Snapshots& snapshots, const Joins& joins, const std::string& folder,
                                                               const FillOptions& options, Progress& progress) {
  TRY(store::remove_store(folder));
  TRY(check_store_space(joins, parent_directory(folder)));
  store::StoreOptions store_options;
  store_options.folder = folder;
  store_options.writers = options.connections;
  store_options.expected_bytes = estimated_store_bytes(joins);
  std::unique_ptr<StoredRelations> relations(new StoredRelations(joins, TRY(store::RowStore::create(store_options))));
  for (const RelatedTable& table : joins.tables())
    for (const RelatedTable::Key& key : table.keys) relations->counts_[key.number];
  TRY(StoreFilling(snapshots, *relations, options, progress).run());
  return relations;
}

std::unique_ptr<RelatedRows> StoredRelations::open() const { return std::make_unique<StoreRows>(store_->reader()); }

std::string store_folder(const std::string& state_folder) { return state_folder + "/store"; }

std::uint64_t estimated_store_bytes(const Joins& joins) {
  std::uint64_t bytes = joins.empty() ? 0 : least_room;
  for (const RelatedTable& table : joins.tables())
    bytes += static_cast<std::uint64_t>(static_cast<double>(table.table->estimated_bytes.value_or(0) * table.keys.size()) *
                                        bytes_per_source_byte);
  return bytes;
}

Result<void> check_store_space(const Joins& joins, const std::string& existing_folder) {
  const std::uint64_t needed = estimated_store_bytes(joins);
  const std::uint64_t free = TRY(free_space(existing_folder));
  if (needed <= free) return {};
  const auto mib = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
  return fail(ErrorCode::conflict,
              "documents are made of rows of " + names_of(joins) + ", which are first read into a local store: about " + mib(needed) +
                  " on the disk of '" + existing_folder + "', which has " + mib(free) + " free",
              "free some space, or work in a folder on a larger disk (-C DIR)");
}

std::string names_of(const Joins& joins) {
  std::string names;
  for (const RelatedTable& table : joins.tables()) names += (names.empty() ? "" : ", ") + table.table->display_name();
  return names;
}

}  // namespace itemize::pipeline
