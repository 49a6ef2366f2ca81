#include "pipeline/forecast.h"

#include <algorithm>
#include <map>

#include "item/limits.h"
#include "pipeline/script_programs.h"
#include "transform/transformer.h"

namespace itemize::pipeline {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::uint64_t sample_range_bytes = 1 << 20;
/// Also of a small table so much is looked at, for the sizes of its items.
constexpr std::chrono::milliseconds least_time{30};
constexpr item::Framing plain{"", "", true};

/// What a look at one table gave.
struct Look {
  std::uint64_t rows = 0;
  double seconds = 0;
  bool whole = false;                   // all of its rows were read
  std::map<std::size_t, double> items;  // by Model::tables
  std::map<std::size_t, double> write_units;
};

void count(const item::ItemBatch& items, Look& look) {
  for (std::size_t table = 0; table < items.tables.size(); ++table)
    for (const item::Put& put : items.tables[table].puts) {
      look.items[table] += 1;
      look.write_units[table] += static_cast<double>(item::write_units(put.item_size));
    }
}

Result<Look> look_at(const Migration& migration, const Snapshots& snapshots, const model::BoundTable& table, std::chrono::milliseconds time,
                     std::stop_token stop) {
  const transform::Program program(*migration.bound, table, plain, script_programs(""));
  transform::Transformer transformer(program, snapshots.context(table));
  item::ItemBatch items;
  items.tables.resize(migration.model().tables.size());
  std::vector<transform::RowRejection> rejections;
  row::RowBatch batch;
  Look look;
  const Steady::time_point began = Steady::now();
  const auto used_up = [&] { return Steady::now() - began >= time; };
  const std::vector<source::Range> ranges =
      TRY_WITH("table " + table.table->display_name(), snapshots.of(table).plan(*table.table, sample_range_bytes));
  for (const source::Range& range : ranges) {
    const auto reader = TRY_WITH("table " + table.table->display_name(), snapshots.of(table).open(range, *table.table, table.columns));
    while (TRY_WITH("table " + table.table->display_name(), reader->next(batch))) {
      if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
      look.rows += batch.rows();
      if (table.relations.empty()) {
        TRY(transformer.run(batch, items, rejections));
        count(items, look);
        items.clear();
        rejections.clear();
      }
      if (used_up()) break;
    }
    if (used_up()) break;
    look.whole = &range == &ranges.back();
  }
  look.seconds = std::chrono::duration<double>(Steady::now() - began).count();
  return look;
}

class Forecaster {
 public:
  Forecaster(const Migration& migration, const Snapshots& snapshots, const ForecastOptions& options)
      : migration_(migration), snapshots_(snapshots), options_(options) {
    items_.resize(migration.model().tables.size(), 0);
    write_units_.resize(migration.model().tables.size(), 0);
  }

  Result<Forecast> run() {
    for (std::size_t source = 0; source < migration_.model().sources.size(); ++source)
      if (snapshots_.by_source[source] != nullptr) TRY(add_source(source));
    for (std::size_t index = 0; index < items_.size(); ++index)
      if (items_[index] > 0) add_table(index);
    return std::move(forecast_);
  }

 private:
  Result<void> add_source(std::size_t index) {
    Forecast::Source source{.name = migration_.model().sources[index].name};
    double bytes = 0;
    for (const model::BoundTable& table : migration_.bound->tables)
      if (table.source == index) bytes += static_cast<double>(table.table->estimated_bytes.value_or(0));
    for (const model::BoundTable& table : migration_.bound->tables) {
      if (table.source != index) continue;
      if (snapshots_.filter != nullptr && !snapshots_.filter->takes(*table.table)) continue;
      const double share = bytes > 0 ? static_cast<double>(table.table->estimated_bytes.value_or(0)) / bytes : 0;
      const std::chrono::milliseconds time(static_cast<std::int64_t>(static_cast<double>(options_.sample.count()) * share));
      const Look look = TRY(look_at(migration_, snapshots_, table, std::max(time, least_time), options_.stop));
      take(table, look, source);
    }
    forecast_.sources.push_back(std::move(source));
    return {};
  }

  void take(const model::BoundTable& table, const Look& look, Forecast::Source& source) {
    const std::uint64_t rows = look.whole ? look.rows : table.table->estimated_rows.value_or(look.rows);
    if (!look.whole && !table.table->estimated_rows) forecast_.unknown.push_back(table.table->display_name());
    source.rows += rows;
    if (look.rows == 0) return;
    const double times = std::max(1.0, static_cast<double>(rows) / static_cast<double>(look.rows));
    // The last range of a table is one reader's.
    source.seconds += look.seconds * times / std::max(1, options_.connections);
    forecast_.at_least = forecast_.at_least || !table.relations.empty();
    if (!table.relations.empty()) {
      for (const model::BoundItem& item : table.items) {
        items_[item.table_index] += static_cast<double>(rows);
        write_units_[item.table_index] += static_cast<double>(rows);
      }
    }
    for (const auto& [index, count] : look.items) items_[index] += count * times;
    for (const auto& [index, units] : look.write_units) write_units_[index] += units * times;
  }

  void add_table(std::size_t index) {
    const model::DynamoTable& table = migration_.model().tables[index];
    Forecast::Table forecast{.name = table.name, .items = items_[index], .write_units = write_units_[index]};
    if (options_.write_units_per_second > 0) {
      forecast.rate = options_.write_units_per_second;
      forecast.rate_of = "--rate";
    } else if (table.warm_write_units) {
      forecast.rate = static_cast<double>(*table.warm_write_units);
      forecast.rate_of = "warm_write_units";
    } else if (!table.pay_per_request && table.write_capacity > 0) {
      forecast.rate = static_cast<double>(table.write_capacity);
      forecast.rate_of = "provisioned";
    } else {
      forecast.rate = new_on_demand_write_units;
      forecast.rate_of = "a new on-demand table";
    }
    forecast_.tables.push_back(std::move(forecast));
  }

  const Migration& migration_;
  const Snapshots& snapshots_;
  const ForecastOptions& options_;
  std::vector<double> items_;  // by Model::tables
  std::vector<double> write_units_;
  Forecast forecast_;
};

}  // namespace

double Forecast::read_seconds() const {
  double longest = 0;
  for (const Source& source : sources) longest = std::max(longest, source.seconds);
  return longest;
}

double Forecast::write_seconds() const {
  double longest = 0;
  for (const Table& table : tables) longest = std::max(longest, table.write_units / table.rate);
  return longest;
}

double Forecast::load_seconds() const { return std::max(read_seconds(), write_seconds()); }

Result<Forecast> forecast(const Migration& migration, const Snapshots& snapshots, const ForecastOptions& options) {
  return Forecaster(migration, snapshots, options).run();
}

}  // namespace itemize::pipeline
