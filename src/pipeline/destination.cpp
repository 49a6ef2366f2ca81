#include "pipeline/destination.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/json.h"

namespace itemize::pipeline {
namespace {

Result<std::vector<std::string>> selection_of(journal::Journal& journal, const journal::Run& run) {
  std::vector<std::string> names;
  const auto text = TRY(journal.get(run.id, selected_value));
  const Result<json::Value> list = json::parse(text.value_or("[]"));
  if (list && list->array() != nullptr)
    for (const json::Value& name : *list->array())
      if (name.string() != nullptr) names.push_back(*name.string());
  return names;
}

}  // namespace

bool PlacedRun::is_about(const std::string& item_type) const { return selected.empty() || std::ranges::find(selected, item_type) != selected.end(); }

bool PlacedRun::overlaps(const std::vector<std::string>& item_types) const {
  return item_types.empty() || std::ranges::any_of(item_types, [this](const std::string& name) { return is_about(name); });
}

std::string target_of(const std::string& target, const std::vector<std::string>& selected, const std::string& filter) {
  std::string text = target;
  for (std::size_t index = 0; index < selected.size(); ++index) text += (index == 0 ? " (" : ", ") + selected[index];
  if (!selected.empty()) text += ")";
  return filter.empty() ? text : text + " " + filter;
}

std::string target_of(const std::string& target, const Migration& migration) { return target_of(target, migration.selected, migration.filter); }

Result<std::vector<PlacedRun>> runs_of_place(const Migration& migration, const std::string& kind, const std::string& target, std::int64_t present) {
  std::vector<PlacedRun> found;
  if (migration.journal == nullptr) return found;  // a dry run in a fresh folder
  for (const journal::Run& run : TRY(migration.journal->runs())) {
    if (run.id == present || run.kind != kind) continue;
    PlacedRun placed{run, TRY(selection_of(*migration.journal, run)), TRY(migration.journal->get(run.id, filter_value)).value_or(""), false};
    if (run.target != target_of(target, placed.selected, placed.filter)) continue;   // another place
    const bool types = migration.selected.empty() || (!placed.selected.empty() && std::ranges::includes(migration.selected, placed.selected));
    placed.covered = (present == 0 || run.id < present) && types && (migration.filter.empty() || migration.filter == placed.filter);
    found.push_back(std::move(placed));
  }
  return found;
}

Result<std::vector<journal::Run>> superseded_runs(const Migration& migration, const std::string& kind, const std::string& target, const journal::Run& present) {
  std::vector<journal::Run> runs;
  for (PlacedRun& placed : TRY(runs_of_place(migration, kind, target, present.id)))
    if (placed.covered) runs.push_back(std::move(placed.run));
  return runs;
}

Result<void> wait_for(std::chrono::milliseconds time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, time, [] { return false; });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
  return {};
}

}  // namespace itemize::pipeline
