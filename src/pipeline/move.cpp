#include "pipeline/move.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "journal/boot_id.h"
#include "pipeline/changes.h"
#include "pipeline/known_columns.h"
#include "pipeline/orphans.h"
#include "pipeline/scan.h"
#include "pipeline/script_programs.h"
#include "pipeline/snapshots.h"
#include "pipeline/spool.h"
#include "pipeline/stored_relations.h"
#include "pipeline/workers.h"

namespace itemize::pipeline {
namespace {

using journal::RangeRecord;
using journal::RangeState;
using journal::Run;


std::int64_t now_in_microseconds() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

bool all_are(const std::vector<RangeRecord>& ranges, bool (*what)(const RangeRecord&)) { return !ranges.empty() && std::ranges::all_of(ranges, what); }
bool is_done(const RangeRecord& range) { return range.state == RangeState::done; }
/// Read: its items are in the target or in the queue.
bool is_read(const RangeRecord& range) { return range.state != RangeState::pending; }

std::string selection_text(const std::vector<std::string>& selected) {
  json::Array names;
  for (const std::string& name : selected) names.push_back({name});
  return json::to_text({std::move(names)});
}

class Mover {
 public:
  Mover(const Migration& migration, Destination& destination, const MoveOptions& options, Progress& progress)
      : migration_(migration), destination_(destination), options_(options), progress_(progress), duplicates_(migration.state_folder) {}

  Result<MoveReport> run() {
    joins_ = TRY(Joins::of(*migration_.bound));
    TRY(choose_run());
    if (report_.nothing_to_do) return std::move(report_);
    TRY(store::remove_store(store_folder(migration_.state_folder)));  // of a process that was killed
    if (all_are(state_.ranges, is_read)) {
      TRY(write_queue());
    } else {
      TRY(read_everything());
    }
    TRY(end());
    return std::move(report_);
  }

 private:
  std::string target() const { return target_of(destination_.target(), migration_); }

  /// Continues the last run or starts one; leaves in state_ the ranges that may be kept.
  Result<void> choose_run() {
    const auto last = TRY(migration_.journal->last_run(destination_.kind(), target()));
    TRY(destination_.check(migration_));
    const bool same_model = last && last->model_hash == migration_.model().hash;
    if (last && last->state == journal::RunState::finished && !options_.again && !options_.replace) {
      report_.nothing_to_do = true;
      report_.model_changed = !same_model;
      state_.run = *last;
      state_.ranges = TRY(migration_.journal->ranges(last->id, last->generation));
      return add_up();
    }
    const bool overtaken = last && last->state == journal::RunState::running && TRY(is_overtaken(*last));
    if (last && last->state == journal::RunState::running && same_model && !overtaken) {
      state_.run = *last;
      TRY(describe_run());
      std::vector<RangeRecord> ranges = TRY(migration_.journal->ranges(last->id, last->generation));
      if (TRY(machine_was_restarted(*last))) return {};
      if (all_are(ranges, is_read) || (options_.frozen && TRY(source_unchanged(ranges)))) {
        state_.ranges = std::move(ranges);
        return {};
      }
      if (!ranges.empty()) progress_.say("the unfinished run's snapshot is gone: all tables are read again, and what only the old one wrote is removed at the end");
      return {};
    }
    if (last && last->state == journal::RunState::running)
      progress_.say(std::string(overtaken ? "another run has written the same item types since the unfinished run" : "the model has changed since the unfinished run") +
                    ": this is a new one; what only the old one wrote is removed at the end");
    Run run;
    run.kind = destination_.kind();
    run.target = target();
    run.model_hash = migration_.model().hash;
    run.started_at = now_in_microseconds();
    state_.run = TRY(migration_.journal->start_run(run));
    return describe_run();
  }

  /// Also of a run that goes on: its first process may have died before it could, or was not told to replace.
  Result<void> describe_run() {
    TRY(migration_.journal->set(state_.run.id, selected_value, selection_text(migration_.selected)));
    TRY(migration_.journal->set(state_.run.id, filter_value, migration_.filter));
    return options_.replace ? migration_.journal->set(state_.run.id, replace_value, "1") : Result<void>();
  }

  /// Whether a later run wrote some of the same item types: what the unfinished one still has to write may be older than theirs.
  Result<bool> is_overtaken(const Run& run) {
    for (const PlacedRun& other : TRY(runs_of_place(migration_, destination_.kind(), destination_.target(), run.id)))
      if (other.run.id > run.id && other.run.generation > 0 && other.overlaps(migration_.selected)) return true;
    return false;
  }

  /// Whether the page cache of the run's last process is gone. The end of its key logs may be gone with it: keys of its last second.
  Result<bool> machine_was_restarted(const Run& last) {
    const std::string now = journal::boot_id_of_machine();
    if (destination_.ranges_survive_power_loss() || last.generation == 0 || last.boot_id.empty() || now.empty() || last.boot_id == now) return false;
    TRY(migration_.journal->set(last.id, "restarted", "1"));
    progress_.say("the machine was started anew since: all tables are read again");
    return true;
  }

  /// The counters of every table that the model reads, as text; nothing where an engine has none.
  Result<std::string> counters() {
    json::Array all;
    for (std::size_t index = 0; index < migration_.sources.size(); ++index) {
      if (migration_.sources[index] == nullptr) continue;
      for (const source::ChangeCounter& counter : TRY(migration_.sources[index]->change_counters())) {
        const bool read = std::ranges::any_of(migration_.bound->tables, [&](const model::BoundTable& table) {
          return table.source == index && table.table->name == counter.table && table.table->schema == counter.schema;
        });
        if (read || is_related(index, counter)) all.push_back({json::Array{{std::to_string(index)}, {counter.schema}, {counter.table}, {counter.value}}});
      }
    }
    return json::to_text({std::move(all)});
  }

  bool is_related(std::size_t source, const source::ChangeCounter& counter) const {
    return std::ranges::any_of(joins_->tables(), [&](const RelatedTable& table) {
      return table.source == source && table.table->name == counter.table && table.table->schema == counter.schema;
    });
  }

  /// With --frozen: whether ranges that were read may stand beside ranges read now.
  Result<bool> source_unchanged(const std::vector<RangeRecord>& ranges) {
    if (ranges.empty()) return false;
    if (std::ranges::any_of(migration_.model().items, [](const model::ItemType& type) { return type.identity_row && type.duplicates == model::Duplicates::keep_one; })) {
      // Which of the rows with one key was kept is forgotten: the ranges that are left might keep another one beside it.
      progress_.say("an item type keeps one of several rows (duplicates: keep_one): all tables are read again");
      return false;
    }
    const auto before = TRY(migration_.journal->get(state_.run.id, "counters"));
    const std::string now = TRY(counters());
    if (before.value_or("") == now) {
      progress_.say("the source has not changed: finished ranges are kept (--frozen)");
      return true;
    }
    progress_.say("the source has changed although --frozen was given: all tables are read again");
    return false;
  }

  Result<void> read_everything() {
    make_programs();
    // Before the snapshot: a change in between then shows as a difference, never the other way round.
    const std::string counted = TRY(counters());
    progress_.set_phase("taking a snapshot");
    Snapshots snapshots = TRY(take_snapshots(migration_, {.connections = options_.connections, .allow_global_lock = options_.allow_global_lock}, options_.stop));
    if (snapshots.filter != nullptr)
      for (const std::string& note : snapshots.filter->notes()) progress_.say(note);
    progress_.snapshot_since.store(std::chrono::steady_clock::now().time_since_epoch().count());
    for (const auto& snapshot : snapshots.by_source)
      if (snapshot != nullptr && !snapshot->note().empty()) progress_.say(snapshot->note());
    const bool fresh = state_.ranges.empty();
    std::vector<RangeRecord> planned;
    if (fresh) planned = TRY(plan(snapshots));
    TRY(fill_store(snapshots));
    TRY(rule_out_collisions(snapshots, fresh ? planned : state_.ranges));
    if (fresh) {
      TRY(migration_.journal->set(state_.run.id, model_value, json::to_text(model::summary_of(*migration_.bound))));
      state_.ranges = TRY(migration_.journal->start_generation(state_.run, std::move(planned)));
      TRY(migration_.journal->set(state_.run.id, "counters", counted));
      TRY(migration_.journal->set(state_.run.id, columns_value, TRY(columns_text(*migration_.bound, *migration_.journal))));
    }
    std::vector<std::int64_t> ids;
    for (const RangeRecord& record : state_.ranges) ids.push_back(record.id);
    TRY(duplicates_.finish(ids));
    TRY(count_progress());
    TRY(destination_.begin(migration_, state_, progress_, options_.stop));
    Result<void> done = work(snapshots);
    progress_.snapshot_since.store(0);
    return done;
  }

  /// Rows that are joined to others, of this very snapshot.
  Result<void> fill_store(const Snapshots& snapshots) {
    if (joins_->empty()) return {};
    const FillOptions fill{options_.connections, options_.range_bytes, options_.gate, options_.slots, options_.stop};
    auto stored = TRY(StoredRelations::fill(snapshots, *joins_, store_folder(migration_.state_folder), fill, progress_));
    stored_counts_ = stored->counts();
    for (const auto& [number, count] : stored_counts_) progress_.estimated_rows.fetch_add(count.rows + count.without_key);
    related_ = std::move(stored);
    return {};
  }

  /// Everything was read by an earlier process of this run: what waits in the queue needs no source.
  Result<void> write_queue() {
    progress_.say(all_are(state_.ranges, is_done) ? "everything was read and written before; what is left is the end of the work"
                                                  : "everything was read before; what waits in the queue on disk is written");
    make_programs();
    TRY(count_progress());
    TRY(destination_.begin(migration_, state_, progress_, options_.stop));
    Snapshots none;
    return work(none);
  }

  void make_programs() {
    const transform::OpenProgram open_program = script_programs(migration_.state_folder);
    for (const model::BoundTable& table : migration_.bound->tables) programs_.push_back(std::make_unique<transform::Program>(*migration_.bound, table, framing(), open_program));
  }

  /// Texts of keys are made where somebody asks for them.
  item::Framing framing() {
    item::Framing framing = destination_.sink().framing();
    for (const model::BoundTable& table : migration_.bound->tables)
      for (const model::BoundItem& item : table.items) framing.want_keys = framing.want_keys || item.item->identity_row;
    return framing;
  }

  Result<std::vector<RangeRecord>> plan(const Snapshots& snapshots) {
    std::vector<RangeRecord> records;
    for (const PlannedRange& planned : TRY(plan_ranges(migration_, snapshots, options_.range_bytes))) {
      const model::BoundTable& table = migration_.bound->tables[planned.table];
      RangeRecord record;
      record.run = state_.run.id;
      record.source = table.source;
      record.table = table.table->display_name();
      record.range_json = planned.range.to_json();
      records.push_back(std::move(record));
    }
    return records;
  }

  /// What cannot be proved from the templates is looked up in the data, of this very snapshot, before anything is written.
  Result<void> rule_out_collisions(const Snapshots& snapshots, const std::vector<RangeRecord>& records) {
    const std::vector<bool> unproven = unproven_items(*migration_.bound);
    if (std::ranges::none_of(unproven, [](bool each) { return each; })) return {};
    progress_.set_phase("looking for keys that collide");
    Progress aside;
    ScanOptions scan_options;
    scan_options.threads = options_.connections;
    scan_options.range_bytes = options_.range_bytes;
    scan_options.only_unproven = true;
    scan_options.stop = options_.stop;
    scan_options.related = related_.get();
    // The ranges of the run itself: copies are numbered by the ranges that they stand in.
    const std::vector<PlannedRange> ranges = TRY(ranges_of(records));
    scan_options.ranges = &ranges;
    scan_options.on_duplicate = [this](const Duplicate& duplicate, bool numbered) { return duplicates_.add(duplicate, numbered); };
    const ScanReport report = TRY(scan(migration_, snapshots, migration_.state_folder, scan_options, aside));
    std::uint64_t numbered = 0;
    for (const ScanItemType& type : report.items) numbered += type.numbered;
    if (numbered > 0)
      progress_.say(std::to_string(numbered) + (numbered == 1 ? " row is a copy of another: it gets" : " rows are copies of others: they get") +
                    " a number in the key (duplicates: number)");
    if (report.collisions == 0) return {};
    const Collision& first = report.examples.front();
    std::string rows;
    for (const auto& [type, origin] : first.occurrences) rows += (rows.empty() ? "" : " and ") + migration_.model().items[type].name + " " + origin;
    return fail(ErrorCode::invalid_input,
                std::to_string(report.collisions) + (report.collisions == 1 ? " collision: a key is" : " collisions: keys are") + " made by more than one row; in table " +
                    migration_.model().tables[first.table].name + " " + first.key + " by " + rows,
                "one of them would overwrite the other: make the key hold a unique key of its table (itemize check --scan shows more)");
  }

  Result<std::vector<PlannedRange>> ranges_of(const std::vector<RangeRecord>& records) const {
    std::vector<PlannedRange> ranges;
    for (const RangeRecord& record : records) {
      source::Range range = TRY(source::Range::from_json(record.range_json));
      const model::BoundTable* table = table_of(*migration_.bound, record.source, range);
      if (table == nullptr) return fail(ErrorCode::conflict, "the model does not read the table " + record.table + " any more", "run the command with --again");
      ranges.push_back({static_cast<std::size_t>(table - migration_.bound->tables.data()), std::move(range)});
    }
    return ranges;
  }

  Result<void> count_progress() {
    progress_.ranges.store(state_.ranges.size());
    for (const RangeRecord& record : state_.ranges) {
      const source::Range range = TRY(source::Range::from_json(record.range_json));
      progress_.estimated_rows.fetch_add(record.state == RangeState::done ? record.rows : range.estimated_rows);
      if (record.state != RangeState::done) continue;
      progress_.ranges_done.fetch_add(1);
      progress_.rows_done.fetch_add(record.rows);
    }
    return {};
  }

  /// Rejects of ranges that are read stay; of all others, earlier attempts' are of no use.
  Result<void> open_rejects() {
    std::uint64_t already = 0;
    std::vector<std::int64_t> read;
    for (const RangeRecord& record : state_.ranges) {
      if (!is_read(record)) continue;
      already += record.rejects;
      read.push_back(record.id);
    }
    rejects_.emplace(migration_.state_folder, state_.run.id, options_.max_rejects, already);
    return rejects_->keep_only(read);
  }

  /// The files that people read; item types outside the selection keep theirs.
  Result<void> publish_rejects() {
    std::vector<std::string> names;
    for (const model::BoundTable& table : migration_.bound->tables)
      for (const model::BoundItem& item : table.items) names.push_back(item.item->name);
    return rejects_->publish(names);
  }

  Result<void> work(Snapshots& snapshots) {
    TRY(remove_old_queue());
    TRY(open_rejects());
    progress_.set_phase("");
    Gate open_gate;
    ReaderSlots slots(options_.connections);
    const WorkShared shared{migration_, snapshots, programs_, destination_.sink(), *rejects_, progress_, options_.gate != nullptr ? *options_.gate : open_gate,
                            options_.slots != nullptr ? *options_.slots : slots, duplicates_.empty() ? nullptr : &duplicates_,
                            {.most_bytes = destination_.may_be_slow() ? options_.queue_bytes : 0}, related_, joined_};
    const bool all_of_it = std::ranges::all_of(state_.ranges, [](const RangeRecord& record) { return record.state == RangeState::pending; });
    Result<void> done = run_workers(shared, state_.ranges, options_.connections, options_.stop);
    // An earlier process counted what it joined, and took the figures with it.
    if (done && all_of_it && !migration_.sample)
      for (std::string& note : join_notes(*joins_, joined_.counts, stored_counts_)) report_.notes.push_back(std::move(note));
    // Also when it was stopped: the user may want to see why. But what stopped it is worse than what may go wrong here.
    Result<void> published = publish_rejects();
    return done ? std::move(published) : std::move(done);
  }

  /// Files of ranges that do not count as spooled: of older generations, or cut off.
  Result<void> remove_old_queue() {
    const std::string folder = spool_folder(migration_.state_folder);
    if (!path_exists(folder)) return {};
    std::set<std::string> wanted;
    for (const RangeRecord& record : state_.ranges)
      if (record.state == RangeState::spooled) wanted.insert(spool_path(migration_.state_folder, record.id));
    for (const DirectoryEntry& entry : TRY(list_directory(folder)))
      if (!wanted.contains(folder + "/" + entry.name)) TRY(remove_file(folder + "/" + entry.name));
    return {};
  }

  Result<void> end() {
    progress_.set_phase("finishing");
    TRY(add_up());
    TRY(destination_.finish(migration_, state_, report_, progress_, options_.stop));
    if (TRY(migration_.journal->get(state_.run.id, "restarted"))) {
      report_.notes.push_back(
          "the machine was started anew while this run was at work: items that were written in the last second before, and whose rows were deleted or got another key "
          "since, may be left in the target (itemize verify finds them, and --repair removes them)");
    }
    TRY(migration_.journal->finish_run(state_.run.id));
    TRY(rejects_->remove_parts());
    state_.run.state = journal::RunState::finished;
    report_.run = state_.run;
    return {};
  }

  Result<void> add_up() {
    report_.run = state_.run;
    report_.items.assign(migration_.model().items.size(), 0);
    report_.positions.assign(migration_.model().sources.size(), "");
    for (const RangeRecord& record : state_.ranges) {
      report_.rows += record.rows;
      report_.rejects += record.rejects;
      report_.skipped += record.skipped;
      report_.bytes += record.bytes;
      report_.write_units += record.write_units;
      for (std::size_t index = 0; index < record.items.size() && index < report_.items.size(); ++index) report_.items[index] += record.items[index];
      if (record.source < report_.positions.size()) report_.positions[record.source] = record.position;
    }
    return {};
  }

  const Migration& migration_;
  Destination& destination_;
  const MoveOptions& options_;
  Progress& progress_;
  pipeline::RunState state_;
  MoveReport report_;
  DuplicateKeys duplicates_;
  std::optional<Rejects> rejects_;
  std::unique_ptr<const Joins> joins_;
  std::shared_ptr<const Related> related_;                   // while rows are read; its folder goes with it
  std::map<store::TableNumber, StoredCount> stored_counts_;
  JoinTally joined_;
  std::vector<std::unique_ptr<transform::Program>> programs_;
};

}  // namespace

Result<MoveReport> move(const Migration& migration, Destination& destination, const MoveOptions& options, Progress& progress) {
  return Mover(migration, destination, options, progress).run();
}

Result<std::optional<Run>> last_run(const Migration& migration, const Destination& destination) {
  return migration.journal->last_run(destination.kind(), target_of(destination.target(), migration));
}

}  // namespace itemize::pipeline
