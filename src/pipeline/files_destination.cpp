#include "pipeline/files_destination.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include "sink/files/manifest.h"

namespace itemize::pipeline {
namespace {

using journal::RangeRecord;
using journal::RangeState;
using journal::Run;

class FilesDestination final : public Destination {
 public:
  FilesDestination(const Migration& migration, FilesDestinationOptions options, std::string absolute)
      : options_(std::move(options)), absolute_(std::move(absolute)) {
    std::vector<bool> used(migration.model().tables.size(), false);
    for (const model::BoundTable& table : migration.bound->tables)
      for (const model::BoundItem& item : table.items) used[item.table_index] = true;
    for (std::size_t index = 0; index < used.size(); ++index) {
      names_.push_back(used[index] ? migration.model().tables[index].name : "");
      if (used[index]) tables_.push_back(names_.back());
    }
  }

  std::string kind() const override { return "export"; }
  std::string target() const override { return absolute_; }
  sink::Sink& sink() override { return *sink_; }

  Result<void> check(const Migration& migration) override {
    TRY(sink::FilesSink::check_folder(absolute_, tables_, migration.journal->id()));
    TRY(no_overlap(migration));
    if (sink_ == nullptr) TRY(open_sink(migration));
    return {};
  }

  Result<void> begin(const Migration& migration, const RunState& state, Progress&, std::stop_token) override {
    std::vector<std::string> keep;
    for (const Run& run : TRY(runs_here(migration, state.run))) {
      // An unfinished older generation is worth nothing; a finished export stays whole until its successor is.
      if (run.state != journal::RunState::finished && run.id != state.run.id) continue;
      for (sink::FileResult& file : TRY(files_of(migration, run))) keep.push_back(std::move(file.path));
    }
    return sink_->remove_leftovers(keep);
  }

  Result<void> finish(const Migration& migration, const RunState& state, MoveReport& report, Progress&, std::stop_token) override {
    std::vector<std::string> outdated;
    for (const Run& run : TRY(superseded_runs(migration, kind(), target(), state.run))) {
      if (TRY(migration.journal->get(run.id, "superseded"))) continue;
      if (run.state == journal::RunState::finished)
        for (sink::FileResult& file : TRY(files_of(migration, run))) outdated.push_back(std::move(file.path));
      TRY(sink_->remove_files(outdated));
      TRY(migration.journal->set(run.id, "superseded", std::to_string(state.run.id)));
    }
    report.removed = outdated.size();
    return write_manifests(migration, state, report);
  }

 private:
  Result<void> open_sink(const Migration& migration) {
    sink_ = TRY(sink::FilesSink::make(absolute_, names_, {.compression = options_.compression, .level = options_.level, .owner = migration.journal->id()}));
    return {};
  }

  /// Files of the run's present generation.
  Result<std::vector<sink::FileResult>> files_of(const Migration& migration, const Run& run) {
    std::vector<sink::FileResult> files;
    for (const RangeRecord& record : TRY(migration.journal->ranges(run.id, run.generation))) {
      if (record.state != RangeState::done || record.files_json.empty()) continue;
      for (sink::FileResult& file : TRY(sink::files_from_json(record.files_json))) files.push_back(std::move(file));
    }
    return files;
  }

  /// Two selections in one folder may stand beside each other only if no item type is in both; of a part of the rows, only the whole takes
  /// the place.
  Result<void> no_overlap(const Migration& migration) {
    for (const PlacedRun& other : TRY(runs_of_place(migration, kind(), target(), 0))) {
      if (other.covered || TRY(migration.journal->get(other.run.id, "superseded"))) continue;
      const bool apart = !other.selected.empty() && !migration.selected.empty() && !other.overlaps(migration.selected);
      if (apart) continue;
      std::string theirs = other.selected.empty() ? "all item types" : "";
      for (const std::string& name : other.selected) theirs += (theirs.empty() ? "" : ", ") + name;
      if (!other.filter.empty()) theirs += " (" + other.filter + ")";
      return fail(ErrorCode::conflict, "'" + options_.folder + "' already holds an export of " + theirs + ", which this one would double in part",
                  "export to another folder, or take the same item types and rows, or all");
    }
    return {};
  }

  Result<void> write_manifests(const Migration& migration, const RunState& state, const MoveReport& report) {
    const model::Model& model = migration.model();
    for (std::size_t index = 0; index < model.tables.size(); ++index) {
      if (names_[index].empty()) continue;
      sink::ManifestInfo info;
      info.itemize_version = options_.version;
      info.generated_at = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
      info.model_hash = state.run.model_hash;
      info.run = state.run.id;
      info.generation = state.run.generation;
      info.compression = options_.compression;
      for (const model::KeyAttribute* attribute : model.tables[index].key()) info.key.push_back({attribute->name, static_cast<char>(attribute->type)});
      for (std::size_t source = 0; source < report.positions.size(); ++source)
        if (!report.positions[source].empty()) info.positions.emplace_back(model.sources[source].name, report.positions[source]);
      info.item_types = TRY(counts_of(migration, state.run, index));
      info.files = TRY(files_in(migration, state.run, index));
      TRY(sink::write_manifest(absolute_, names_[index], info));
    }
    return {};
  }

  /// All runs whose files may lie in the folder, `present` and others beside it.
  Result<std::vector<Run>> runs_here(const Migration& migration, const Run& present) {
    std::vector<Run> here = {present};
    for (PlacedRun& other : TRY(runs_of_place(migration, kind(), target(), present.id)))
      if (!TRY(migration.journal->get(other.run.id, "superseded"))) here.push_back(std::move(other.run));
    return here;
  }

  Result<std::vector<sink::FileResult>> files_in(const Migration& migration, const Run& present, std::size_t table) {
    std::vector<sink::FileResult> files;
    for (const Run& run : TRY(runs_here(migration, present)))
      for (sink::FileResult& file : TRY(files_of(migration, run)))
        if (file.path.starts_with(names_[table] + "/")) files.push_back(std::move(file));
    return files;
  }

  Result<std::vector<std::pair<std::string, std::uint64_t>>> counts_of(const Migration& migration, const Run& present, std::size_t table) {
    std::map<std::string, std::uint64_t> counts;
    for (const Run& run : TRY(runs_here(migration, present)))
      for (const RangeRecord& record : TRY(migration.journal->ranges(run.id, run.generation)))
        for (std::size_t index = 0; index < record.items.size() && index < migration.model().items.size(); ++index) {
          const model::ItemType& type = migration.model().items[index];
          if (type.table == migration.model().tables[table].model_name && record.items[index] > 0) counts[type.name] += record.items[index];
        }
    return std::vector<std::pair<std::string, std::uint64_t>>(counts.begin(), counts.end());
  }

  FilesDestinationOptions options_;
  std::string absolute_;
  std::vector<std::string> names_;             ///< By index in the model; empty where this selection writes nothing.
  std::vector<std::string> tables_;            ///< Those that it writes to.
  std::unique_ptr<sink::FilesSink> sink_;
};

}  // namespace

Result<std::unique_ptr<Destination>> make_files_destination(const Migration& migration, FilesDestinationOptions options) {
  std::error_code ignored;
  std::string absolute = std::filesystem::absolute(options.folder, ignored).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return std::make_unique<FilesDestination>(migration, std::move(options), std::move(absolute));
}

}  // namespace itemize::pipeline
