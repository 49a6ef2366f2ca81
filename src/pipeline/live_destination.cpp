#include "pipeline/live_destination.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "aws/dynamodb.h"
#include "base/json.h"
#include "pipeline/outdated_logs.h"
#include "pipeline/sent_keys.h"
#include "pipeline/stale_keys.h"
#include "pipeline/table_definitions.h"
#include "sink/live/batch_answer.h"
#include "sink/live/content.h"

namespace itemize::pipeline {
namespace {

using journal::Run;

/// What a table takes that nobody provisioned: on-demand tables start there (facts of AWS); a percentage is of this then.
constexpr double on_demand_write_units = 4000;
constexpr auto table_patience = std::chrono::minutes(15);

double capacity_of(const aws::TableDescription& table) {
  const double provisioned = table.billing_mode == "PROVISIONED" ? table.provisioned.write_units : on_demand_write_units;
  return std::max(provisioned, table.warm ? table.warm->write_units : 0);
}

class LiveDestinationImplementation final : public LiveDestination {
 public:
  LiveDestinationImplementation(const Migration& migration, LiveDestinationOptions options, std::unique_ptr<aws::DynamoDb> dynamodb)
      : options_(std::move(options)), dynamodb_(std::move(dynamodb)), descriptions_(migration.model().tables.size()) {
    used_.resize(migration.model().tables.size(), false);
    for (const model::BoundTable& table : migration.bound->tables)
      for (const model::BoundItem& item : table.items) used_[item.table_index] = true;
    // Framing is asked for before begin() makes the real one.
    sink_ = std::make_unique<sink::LiveSink>(options_.session, std::vector<sink::LiveTable>{}, sink::LiveOptions{});
  }

  std::string kind() const override { return "load"; }
  std::string target() const override { return options_.session->endpoint.origin(); }
  sink::Sink& sink() override { return *sink_; }
  bool may_be_slow() const override { return true; }
  /// Key logs are synced once a second: waiting for the disk before each request would cost more than reading again after a power loss.
  bool ranges_survive_power_loss() const override { return false; }

  sink::LiveProgress live_progress() const override {
    const std::lock_guard lock(mutex_);
    return sink_->progress();
  }

  void set_rate(const WriteRate& rate) override {
    const std::lock_guard lock(mutex_);
    options_.rate = rate;
    for (std::size_t index = 0; index < descriptions_.size(); ++index)
      if (begun_ && descriptions_[index]) sink_->set_rate(index, units_of(*descriptions_[index]));
  }

  Result<void> check(const Migration& migration) override {
    const model::Model& model = migration.model();
    for (std::size_t index = 0; index < model.tables.size(); ++index) {
      if (!used_[index]) continue;
      TRY(check_table(migration, model.tables[index], index));
    }
    return {};
  }

  Result<void> begin(const Migration& migration, const RunState& state, Progress& progress, std::stop_token stop) override {
    TRY(migration.journal->set(state.run.id, "tables", table_names(migration)));
    const std::chrono::milliseconds wait = time_until_quiet(TRY(list_key_logs(migration.state_folder)), options_.grace);
    if (wait.count() > 0) {
      progress.set_phase("waiting " + std::to_string((wait.count() + 999) / 1000) +
                         " s for requests of the interrupted run that may still be carried out");
      TRY(wait_for(wait, stop));
      progress.set_phase("");
    }
    keys_ = std::make_unique<SentKeys>(migration.state_folder, state.run.id, state.run.generation, TRY(numbers_of(migration)),
                                       options_.session->clock);
    TRY(know_again(migration));
    for (std::size_t index = 0; index < used_.size(); ++index)
      if (used_[index]) TRY(warm_up(migration.model().tables[index], index, progress));
    const std::lock_guard lock(mutex_);
    sink::LiveOptions live;
    live.stop = options_.stop;
    sink_ = std::make_unique<sink::LiveSink>(options_.session, live_tables(migration.model()), std::move(live), keys_->hooks());
    begun_ = true;
    return {};
  }

  Result<void> finish(const Migration& migration, const RunState& state, MoveReport& report, Progress& progress,
                      std::stop_token stop) override {
    TRY(keys_->sync());
    TRY(remove_stale(migration, state.run, report, progress));
    TRY(outwait_unknown(progress, stop));
    // Without their number: what was written anew from the queue was counted twice.
    if (sink_->progress().kept > 0)
      report.notes.push_back(
          "items that were there already, and not written by this migration, stay as they are (on_existing_items: keep)");
    progress.set_phase("switching on what after_load names");
    for (std::size_t index = 0; index < used_.size(); ++index)
      if (used_[index] && migration.model().tables[index].managed) TRY(apply_settings(*dynamodb_, migration.model().tables[index], true));
    return {};
  }

 private:
  Result<void> check_table(const Migration& migration, const model::DynamoTable& table, std::size_t index) {
    descriptions_[index] = TRY(dynamodb_->describe_table(table.name));
    if (!descriptions_[index]) {
      return fail(ErrorCode::not_found, "DynamoDB has no table " + table.name + " at " + target(),
                  table.managed ? "make it: itemize create --execute"
                                : "it is not managed by itemize (managed: false): make it where your tables are made");
    }
    const aws::TableDescription& found = *descriptions_[index];
    if (found.status == "DELETING")
      return fail(ErrorCode::conflict, "table " + table.name + " is being deleted", "wait until it is gone, then itemize create --execute");
    for (const Drift& drift : compare_table(table, found))
      if (drift.fatal)
        return fail(ErrorCode::conflict, "table " + table.name + " " + drift.text,
                    "change the model, or make the table anew under another name");
    if (table.on_existing_items != model::OnExistingItems::refuse || TRY(written_before(migration, table.name))) return {};
    aws::ScanRequest scan;
    scan.table = table.name;
    scan.limit = 1;
    if (TRY(dynamodb_->scan(scan)).count == 0) return {};
    return fail(ErrorCode::conflict, "table " + table.name + " is not empty, and this migration has not written to it",
                "empty it, choose another table, or say on_existing_items: overwrite or keep under tables." + table.model_name +
                    " (items with other keys are never touched)");
  }

  /// Whether a run of this journal has begun to write to the table.
  Result<bool> written_before(const Migration& migration, const std::string& table) {
    for (const PlacedRun& placed : TRY(runs_of_place(migration, kind(), target(), 0))) {
      const auto tables = TRY(migration.journal->get(placed.run.id, "tables"));
      const Result<json::Value> list = json::parse(tables.value_or("[]"));
      if (!list || list->array() == nullptr) continue;
      if (std::ranges::any_of(*list->array(), [&](const json::Value& name) { return name.string() != nullptr && *name.string() == table; }))
        return true;
    }
    return false;
  }

  static Result<KeyNumbers> numbers_of(const Migration& migration) {
    const model::Model& model = migration.model();
    std::vector<std::string> tables;
    for (const model::DynamoTable& table : model.tables) tables.push_back(table.name);
    std::vector<std::pair<std::string, std::size_t>> items;
    for (const model::ItemType& type : model.items)
      items.emplace_back(type.name, static_cast<std::size_t>(model.table(type.table) - model.tables.data()));
    KeyOwners owners = TRY(KeyOwners::open(migration.state_folder));
    return owners.numbers_of(tables, items);
  }

  std::string table_names(const Migration& migration) const {
    json::Array names;
    for (std::size_t index = 0; index < used_.size(); ++index)
      if (used_[index]) names.push_back({migration.model().tables[index].name});
    return json::to_text({std::move(names)});
  }

  double units_of(const aws::TableDescription& table) const {
    if (!options_.rate) return 0;
    return options_.rate->percent > 0 ? capacity_of(table) * options_.rate->percent / 100 : options_.rate->units;
  }

  /// What earlier processes wrote into tables where foreign items stay may be replaced and removed.
  Result<void> know_again(const Migration& migration) {
    std::vector<std::string> contents;
    for (const KeyLogFile& log : TRY(list_key_logs(migration.state_folder)))
      if (log.kind == SentLog::contents) contents.push_back(log.path);
    if (!contents.empty()) keys_->set_written(TRY(WrittenContents::open(contents, migration.state_folder)));
    return {};
  }

  std::vector<sink::LiveTable> live_tables(const model::Model& model) const {
    std::vector<sink::LiveTable> tables;
    for (std::size_t index = 0; index < model.tables.size(); ++index) {
      sink::LiveTable table;
      table.name = model.tables[index].name;
      for (const model::KeyAttribute* attribute : model.tables[index].key()) table.key_names.push_back(attribute->name);
      table.has_indexes = !model.tables[index].indexes.empty();
      table.keep_existing = used_[index] && model.tables[index].on_existing_items == model::OnExistingItems::keep;
      if (descriptions_[index]) table.most_write_units = units_of(*descriptions_[index]);
      tables.push_back(std::move(table));
    }
    return tables;
  }

  /// during_load: raises the table's warm throughput where it is lower, and waits until it is active.
  Result<void> warm_up(const model::DynamoTable& table, std::size_t index, Progress& progress) {
    aws::TableDescription& found = *descriptions_[index];
    const bool lower = table.warm_write_units && found.warm && found.warm->write_units < static_cast<double>(*table.warm_write_units);
    if (lower && table.managed) {
      progress.set_phase("warming up table " + table.name);
      aws::TableChange change;
      change.name = table.name;
      change.warm = aws::Throughput{0, static_cast<double>(*table.warm_write_units)};
      TRY(dynamodb_->update_table(change));
    }
    if (lower || found.status != "ACTIVE")
      found = TRY(dynamodb_->wait_until_active(table.name, table_patience, [this] { return options_.stop.stop_requested(); }));
    progress.set_phase("");
    return {};
  }

  /// Deletes what older generations, and runs that this one supersedes or replaces, wrote and nobody since.
  Result<void> remove_stale(const Migration& migration, const Run& run, MoveReport& report, Progress& progress) {
    const KeyOwners owners = TRY(KeyOwners::open(migration.state_folder));
    const OutdatedLogs logs = TRY(outdated_logs(migration, target(), run, owners));
    if (logs.others_hold)
      report.notes.push_back(
          "an earlier load wrote some of these item types, too: items that only it wrote stay (load --replace removes them; itemize plan "
          "says what changed)");
    if (logs.older.empty()) return remove_all(logs.useless);
    keys_->begin_deletes();
    progress.set_phase("looking for items that only an older state has");
    std::map<std::string, std::size_t> index_of;
    for (std::size_t index = 0; index < migration.model().tables.size(); ++index) index_of[migration.model().tables[index].name] = index;
    std::map<std::string, std::uint64_t> left;
    const StaleKeysOptions options{
        .folder = migration.state_folder, .batch = 2500, .table_of = [&](std::size_t owner) { return owners.table_of(owner); }};
    const auto remove = [&](std::size_t number, std::span<const std::string_view> keys) -> Result<void> {
      const auto index = index_of.find(owners.table_name(number));
      if (index == index_of.end()) {
        left[owners.table_name(number)] += keys.size();
        return {};
      }
      progress.set_phase("removing items that only an older state has");
      const model::DynamoTable& table = migration.model().tables[index->second];
      if (table.on_existing_items != model::OnExistingItems::keep) {
        report.removed += TRY(sink_->delete_keys(index->second, keys));
        return {};
      }
      report.removed += TRY(sink_->delete_keys(index->second, TRY(written_by_us(table, index->second, keys))));
      return {};
    };
    TRY(find_stale_keys(logs.older, logs.current, options, remove));
    for (const auto& [name, count] : left)
      report.notes.push_back(std::to_string(count) + " items that an earlier run wrote to table " + name +
                             " stay there: the model does not have that table any more");
    TRY(keys_->sync());
    if (!logs.replaced.empty()) TRY(note_replaced(*migration.journal, run.id, migration.selected, logs.replaced));
    return remove_all(logs.useless);
  }

  /// Of these keys, those under which stands what this migration wrote; all others' items stay.
  Result<std::vector<std::string_view>> written_by_us(const model::DynamoTable& table, std::size_t index,
                                                      std::span<const std::string_view> keys) {
    std::vector<std::string> names;
    for (const model::KeyAttribute* attribute : table.key()) names.push_back(attribute->name);
    std::map<std::string, std::string_view> by_identity;
    for (const std::string_view key : keys) by_identity[sink::key_identity(TRY(json::parse(key)), names)] = key;
    std::vector<std::string_view> ours;
    for (const json::Value& item : TRY(dynamodb_->batch_get(table.name, keys))) {
      const auto key = by_identity.find(sink::key_identity(item, names));
      if (key != by_identity.end() && keys_->is_ours(index, key->second, TRY(sink::content_of(json::to_text(item)))))
        ours.push_back(key->second);
    }
    return ours;
  }

  static Result<void> remove_all(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) TRY(remove_file(path));
    return {};
  }

  /// Whoever takes the table over must not be overwritten by a late copy of one of our requests.
  Result<void> outwait_unknown(Progress& progress, std::stop_token stop) {
    const Clock::Instant last = keys_->last_unknown();
    if (last == Clock::Instant{}) return {};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(last + options_.grace - options_.session->clock->now());
    if (left.count() <= 0) return {};
    progress.set_phase("waiting " + std::to_string((left.count() + 999) / 1000) +
                       " s for requests without an answer that may still be carried out");
    return wait_for(left, stop);
  }

  LiveDestinationOptions options_;
  std::unique_ptr<aws::DynamoDb> dynamodb_;
  std::vector<bool> used_;  ///< By Model::tables index: this selection writes to it.
  std::vector<std::optional<aws::TableDescription>> descriptions_;
  std::unique_ptr<SentKeys> keys_;
  mutable std::mutex mutex_;  ///< Of sink_, which begin() replaces.
  std::unique_ptr<sink::LiveSink> sink_;
  bool begun_ = false;
};

}  // namespace

Result<std::unique_ptr<LiveDestination>> LiveDestination::make(const Migration& migration, LiveDestinationOptions options) {
  auto dynamodb = TRY(aws::DynamoDb::open(options.session));
  return std::make_unique<LiveDestinationImplementation>(migration, std::move(options), std::move(dynamodb));
}

}  // namespace itemize::pipeline
