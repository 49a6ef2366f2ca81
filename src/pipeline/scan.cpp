#include "pipeline/scan.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <mutex>
#include <thread>

#include "base/hash.h"
#include "item/dynamodb_json.h"
#include "item/limits.h"
#include "pipeline/masked_origin.h"
#include "pipeline/scratch_store.h"
#include "pipeline/script_programs.h"
#include "pipeline/wide_reader.h"
#include "transform/transformer.h"

namespace itemize::pipeline {

void SizeDistribution::add(std::uint32_t bytes) {
  const std::uint32_t value = std::max<std::uint32_t>(bytes, 16);
  const int power = std::bit_width(value) - 1;
  const std::size_t bucket = static_cast<std::size_t>(power - 4) * 16 + ((value >> (power - 4)) & 15);
  ++counts_[std::min(bucket, buckets - 1)];
  ++count_;
  largest_ = std::max(largest_, bytes);
}

void SizeDistribution::merge(const SizeDistribution& other) {
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) counts_[bucket] += other.counts_[bucket];
  count_ += other.count_;
  largest_ = std::max(largest_, other.largest_);
}

std::uint32_t SizeDistribution::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets && count_ > 0; ++bucket) {
    seen += counts_[bucket];
    if (seen < wanted || seen == 0) continue;
    const std::size_t power = bucket / 16;
    const auto end = static_cast<std::uint32_t>((17 + bucket % 16) << power) - 1;
    return std::min(end, largest_);
  }
  return largest_;
}

std::uint64_t ScanItemType::rejected() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, reject] : rejects) sum += reject.count;
  return sum;
}

std::vector<bool> unproven_items(const model::BoundModel& model) {
  std::vector<bool> unproven(model.model->items.size(), false);
  for (const model::BoundTable& table : model.tables)
    for (const model::BoundItem& item : table.items) unproven[item.index] = !item.key_proven_unique;
  for (const auto& [first, second] : model.may_meet) unproven[first] = unproven[second] = true;
  return unproven;
}

namespace {

constexpr item::Framing plain{"", "", true};
/// So many items of a type, and of those after them every so-manieth, are looked at for what their indexes cost.
constexpr std::uint64_t sample_all = 1000;
constexpr std::uint64_t sample_each = 64;

/// Bytes that an item takes in an index; nothing where a key attribute is absent (a sparse index).
std::optional<std::uint64_t> bytes_in_index(const item::Item& item, const model::DynamoTable& table, const model::Index& index) {
  std::vector<std::string> kept;
  for (const auto* key : {&index.partition_key, &index.sort_key})
    for (const model::KeyAttribute& attribute : *key) {
      if (!item.contains(attribute.name)) return std::nullopt;
      kept.push_back(attribute.name);
    }
  if (index.projection == model::Projection::all) return item::size_of(item);
  for (const model::KeyAttribute* attribute : table.key()) kept.push_back(attribute->name);
  kept.insert(kept.end(), index.include.begin(), index.include.end());
  item::Item projected;
  for (const std::string& name : kept)
    if (const auto found = item.find(name); found != item.end()) projected.insert(*found);
  return item::size_of(projected);
}

/// One thread's findings.
struct Findings {
  std::uint64_t rows = 0;
  std::vector<ScanItemType> items;
  std::vector<std::uint64_t> sampled;
};

class Scanner {
 public:
  Scanner(const Migration& migration, const Snapshots& snapshots, const std::string& folder, const ScanOptions& options, Progress& progress)
      : migration_(migration),
        snapshots_(snapshots),
        folder_(folder),
        options_(options),
        progress_(progress),
        duplicates_({.folder = folder}) {
    compare_ = unproven_items(*migration.bound);
    total_.items.resize(migration.model().items.size());
    total_.sampled.resize(migration.model().items.size());
    const transform::OpenProgram open_program = script_programs(migration.state_folder);
    for (const model::BoundTable& table : migration.bound->tables)
      programs_.push_back(std::make_unique<transform::Program>(*migration.bound, table, plain, open_program));
  }

  Result<ScanReport> run() {
    std::vector<PlannedRange> planned;
    if (options_.ranges != nullptr)
      planned = *options_.ranges;
    else
      planned = TRY(plan_ranges(migration_, snapshots_, options_.range_bytes));
    for (std::size_t place = 0; place < planned.size(); ++place)
      if (!options_.only_unproven || needed(migration_.bound->tables[planned[place].table]))
        ranges_.push_back({static_cast<std::uint32_t>(place), std::move(planned[place])});
    TRY(find_related());
    progress_.ranges.store(ranges_.size());
    {
      std::vector<std::jthread> threads;
      for (int thread = 0; thread < std::max(1, options_.threads); ++thread) threads.emplace_back([this] { work(); });
    }
    if (failure_) return std::unexpected(std::move(*failure_));
    return report();
  }

 private:
  struct Reading {
    std::uint32_t place = 0;  // among the ranges, whether they are all read or not
    PlannedRange planned;
  };

  bool needed(const model::BoundTable& table) const {
    return std::ranges::any_of(table.items, [this](const model::BoundItem& item) { return compare_[item.index]; });
  }

  Result<void> find_related() {
    related_ = options_.related;
    const bool wanted =
        std::ranges::any_of(ranges_, [this](const Reading& each) { return !migration_.bound->tables[each.planned.table].relations.empty(); });
    if (related_ != nullptr || !wanted) return {};
    const FillOptions fill{.connections = options_.threads, .range_bytes = options_.range_bytes, .stop = options_.stop};
    scratch_ = TRY(ScratchStore::fill(migration_, snapshots_, folder_, fill, progress_));
    related_ = &scratch_->related();
    return {};
  }

  void work() {
    Findings mine;
    mine.items.resize(total_.items.size());
    mine.sampled.resize(total_.items.size());
    for (std::size_t index = next_++; index < ranges_.size() && !stop_.stop_requested(); index = next_++) {
      Result<void> read = read_range(ranges_[index], mine);
      if (read) continue;
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::move(read).error();
      stop_.request_stop();
    }
    const std::lock_guard lock(mutex_);
    add(mine);
  }

  Result<void> read_range(const Reading& reading, Findings& mine) {
    const PlannedRange& planned = reading.planned;
    const model::BoundTable& table = migration_.bound->tables[planned.table];
    auto reader = TRY_WITH("table " + table.table->display_name(), WideReader::open(snapshots_.of(table), planned.range, table, related_));
    transform::Transformer transformer(*programs_[planned.table], snapshots_.context(table));
    item::ItemBatch items;
    items.tables.resize(migration_.model().tables.size());
    std::vector<transform::RowRejection> rejections;
    while (true) {
      if (options_.stop.stop_requested() || stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
      if (!TRY_WITH("table " + table.table->display_name(), reader->next())) break;
      const row::RowBatch& batch = reader->batch();
      rejections.clear();
      TRY_WITH("table " + table.table->display_name(), transformer.run(batch, items, rejections));
      mine.rows += batch.rows();
      progress_.rows.fetch_add(batch.rows());
      for (const transform::RowRejection& rejection : rejections) note(table, batch, rejection, mine);
      TRY(look_at(items, reading.place, mine));
      items.clear();
    }
    const auto& skipped = transformer.counts().skipped;
    for (std::size_t index = 0; index < skipped.size(); ++index) mine.items[index].skipped += skipped[index];
    progress_.ranges_done.fetch_add(1);
    return {};
  }

  void note(const model::BoundTable& table, const row::RowBatch& batch, const transform::RowRejection& rejection, Findings& mine) {
    progress_.rejects.fetch_add(1);
    ScanReject& reject = mine.items[rejection.item->index].rejects[std::string(item::reason_name(rejection.rejection.reason))];
    ++reject.count;
    if (reject.examples.size() >= options_.most_examples) return;
    reject.examples.push_back(
        {masked_origin(*rejection.item, table, batch.row(rejection.row)), rejection.rejection.attribute, rejection.rejection.sentence});
  }

  /// Where copies get numbers, it counts whether rows are alike: what they say is what their items say.
  std::optional<Copy> copy_of(const item::TableItems& table, const item::Put& put, std::uint32_t place) const {
    const model::ItemType& type = migration_.model().items[put.item_type];
    if (!type.identity_row || type.duplicates != model::Duplicates::number) return std::nullopt;
    return Copy{hash64(table.framed(put), put.item_type), place};
  }

  Result<void> look_at(const item::ItemBatch& items, std::uint32_t place, Findings& mine) {
    for (std::size_t index = 0; index < items.tables.size(); ++index) {
      const item::TableItems& table = items.tables[index];
      if (table.puts.empty()) continue;
      const model::DynamoTable& target = migration_.model().tables[index];
      for (const item::Put& put : table.puts) count(target, table, put, mine);
      const std::lock_guard lock(duplicates_mutex_);
      for (const item::Put& put : table.puts)
        if (compare_[put.item_type])
          TRY(duplicates_.add(index, table.key(put), put.item_type, table.origin(put), copy_of(table, put, place)));
    }
    return {};
  }

  void count(const model::DynamoTable& target, const item::TableItems& table, const item::Put& put, Findings& mine) {
    ScanItemType& type = mine.items[put.item_type];
    if (put.item_size > type.sizes.largest()) type.largest_origin = table.origin(put);
    type.sizes.add(put.item_size);
    type.bytes += put.item_size;
    type.write_units += item::write_units(put.item_size);
    if (!target.indexes.empty() && (type.items < sample_all || type.items % sample_each == 0)) {
      ++mine.sampled[put.item_type];
      if (const auto item = item::parse_item(table.framed(put))) {
        for (const model::Index& secondary : target.indexes) {
          const auto bytes = bytes_in_index(*item, target, secondary);
          if (!bytes) continue;
          type.index_write_units += static_cast<double>(item::write_units(*bytes));
          type.index_bytes += static_cast<double>(*bytes);
        }
      }
    }
    ++type.items;
  }

  void add(const Findings& mine) {
    total_.rows += mine.rows;
    for (std::size_t index = 0; index < mine.items.size(); ++index) {
      const ScanItemType& from = mine.items[index];
      ScanItemType& to = total_.items[index];
      if (from.sizes.largest() > to.sizes.largest()) to.largest_origin = from.largest_origin;
      to.items += from.items;
      to.skipped += from.skipped;
      to.bytes += from.bytes;
      to.write_units += from.write_units;
      to.index_write_units += from.index_write_units;
      to.index_bytes += from.index_bytes;
      to.sizes.merge(from.sizes);
      total_.sampled[index] += mine.sampled[index];
      for (const auto& [reason, reject] : from.rejects) {
        ScanReject& sum = to.rejects[reason];
        sum.count += reject.count;
        for (const auto& example : reject.examples)
          if (sum.examples.size() < options_.most_examples) sum.examples.push_back(example);
      }
    }
  }

  Result<ScanReport> report() {
    ScanReport report;
    report.rows = total_.rows;
    for (std::size_t index = 0; index < total_.items.size(); ++index) {
      ScanItemType& type = total_.items[index];
      type.largest_origin = masked_origin(migration_.model().items[index], type.largest_origin);
      if (total_.sampled[index] == 0) continue;
      const double scale = static_cast<double>(type.items) / static_cast<double>(total_.sampled[index]);
      type.index_write_units *= scale;
      type.index_bytes *= scale;
    }
    report.items = std::move(total_.items);
    report.keys_scanned = compare_;
    TRY(duplicates_.finish([&](const Duplicate& duplicate) { return handle(duplicate, report); }));
    return report;
  }

  Result<void> handle(const Duplicate& duplicate, ScanReport& report) {
    const bool dealt_with = std::ranges::all_of(duplicate.occurrences, [this](const Occurrence& occurrence) {
      const model::ItemType& type = migration_.model().items[occurrence.item_type];
      return type.identity_row && type.duplicates != model::Duplicates::refuse;
    });
    if (dealt_with) {
      const bool numbered = deal_with(duplicate, report);
      return options_.on_duplicate ? options_.on_duplicate(duplicate, numbered) : Result<void>();
    }
    ++report.collisions;
    if (report.examples.size() >= options_.most_examples) return {};
    Collision collision{duplicate.table, std::string(duplicate.key), duplicate.count, {}};
    for (const Occurrence& occurrence : duplicate.occurrences) {
      if (key_is_sensitive(*migration_.bound, occurrence.item_type)) collision.key = "***";
      collision.occurrences.emplace_back(occurrence.item_type,
                                         masked_origin(migration_.model().items[occurrence.item_type], occurrence.origin));
    }
    report.examples.push_back(std::move(collision));
    return {};
  }

  /// What the policy makes of the rows; true where they get numbers. Their items were counted before anybody knew.
  bool deal_with(const Duplicate& duplicate, ScanReport& report) {
    const std::uint32_t type = duplicate.occurrences.front().item_type;
    const model::Duplicates policy = migration_.model().items[type].duplicates;
    const bool numbered = policy == model::Duplicates::number && duplicate.alike;
    const bool one_type =
        std::ranges::all_of(duplicate.occurrences, [type](const Occurrence& occurrence) { return occurrence.item_type == type; });
    if (!one_type) return numbered;
    ScanItemType& counts = report.items[type];
    if (numbered) {
      counts.numbered += duplicate.count - 1;
    } else if (policy == model::Duplicates::keep_one) {
      counts.items -= duplicate.count - 1;
      counts.skipped += duplicate.count - 1;
    } else {
      counts.items -= duplicate.count;
      ScanReject& reject = counts.rejects[std::string(item::reason_name(item::Reason::duplicate_key))];
      reject.count += duplicate.count;
      if (reject.examples.size() < options_.most_examples) {
        const std::string key = key_is_sensitive(*migration_.bound, type) ? "with this key" : std::string(duplicate.key);
        const bool differ = policy == model::Duplicates::number;
        reject.examples.push_back({masked_origin(migration_.model().items[type], duplicate.occurrences.front().origin), "",
                                   std::to_string(duplicate.count) + " rows" + (differ ? " that are not alike" : "") +
                                       " would become the item " + key});
      }
    }
    return numbered;
  }

  std::unique_ptr<ScratchStore> scratch_;
  const Related* related_ = nullptr;
  const Migration& migration_;
  const Snapshots& snapshots_;
  const std::string& folder_;
  const ScanOptions& options_;
  Progress& progress_;
  std::vector<bool> compare_;
  std::vector<std::unique_ptr<transform::Program>> programs_;
  std::vector<Reading> ranges_;
  std::atomic<std::size_t> next_{0};
  std::stop_source stop_;
  std::mutex mutex_;
  std::mutex duplicates_mutex_;
  DuplicateFinder duplicates_;
  std::optional<Error> failure_;
  Findings total_;
};

}  // namespace

Result<ScanReport> scan(const Migration& migration, const Snapshots& snapshots, const std::string& folder, const ScanOptions& options,
                        Progress& progress) {
  return Scanner(migration, snapshots, folder, options, progress).run();
}

}  // namespace itemize::pipeline
