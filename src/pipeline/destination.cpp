#include "pipeline/destination.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/json.h"

namespace itemize::pipeline {
namespace {

std::vector<std::string> selection_of(journal::Journal& journal, const journal::Run& run, Result<void>& failure) {
  std::vector<std::string> names;
  const auto text = journal.get(run.id, "selected");
  if (!text) {
    failure = std::unexpected(text.error());
    return names;
  }
  const Result<json::Value> list = json::parse(text->value_or("[]"));
  if (list && list->array() != nullptr)
    for (const json::Value& name : *list->array())
      if (name.string() != nullptr) names.push_back(*name.string());
  return names;
}

}  // namespace

std::string target_with_selection(const std::string& target, const std::vector<std::string>& selected) {
  if (selected.empty()) return target;
  std::string text = target + " (";
  for (const std::string& name : selected) text += (text.ends_with('(') ? "" : ", ") + name;
  return text + ")";
}

Result<std::vector<journal::Run>> superseded_runs(const Migration& migration, const std::string& kind, const std::string& target, const journal::Run& present) {
  std::vector<journal::Run> found;
  Result<void> failure;
  for (const journal::Run& run : TRY(migration.journal->runs())) {
    if (run.id == present.id || run.kind != kind) continue;
    const std::vector<std::string> names = selection_of(*migration.journal, run, failure);
    TRY(failure);
    if (run.target != target_with_selection(target, names)) continue;   // another place
    const bool covered = migration.selected.empty() || (!names.empty() && std::ranges::includes(migration.selected, names));
    if (covered) found.push_back(run);
  }
  return found;
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
