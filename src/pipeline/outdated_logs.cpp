#include "pipeline/outdated_logs.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/json.h"
#include "pipeline/destination.h"
#include "pipeline/sent_keys.h"

namespace itemize::pipeline {
namespace {

constexpr const char* replaced_value = "replaced";

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::vector<std::string> texts(const json::Value* list) {
  std::vector<std::string> found;
  if (list != nullptr && list->array() != nullptr)
    for (const json::Value& text : *list->array())
      if (text.string() != nullptr) found.push_back(*text.string());
  return found;
}

json::Value to_json(const std::vector<std::string>& list) {
  json::Array array;
  for (const std::string& text : list) array.push_back({text});
  return {std::move(array)};
}

/// By name of a log: item types whose keys in it a later run has replaced. They are deleted; who has the key now may be anybody.
using Replaced = std::map<std::string, std::set<std::string, std::less<>>>;

Result<Replaced> replaced_before(journal::Journal& journal) {
  Replaced replaced;
  for (const journal::Run& run : TRY(journal.runs())) {
    if (run.state != journal::RunState::finished) continue;
    const auto text = TRY(journal.get(run.id, replaced_value));
    const Result<json::Value> value = json::parse(text.value_or("{}"));
    if (!value) continue;
    const std::vector<std::string> types = texts(value->find("item_types"));
    for (const std::string& log : texts(value->find("logs"))) replaced[log].insert(types.begin(), types.end());
  }
  return replaced;
}

}  // namespace

Result<void> note_replaced(journal::Journal& journal, std::int64_t run, const std::vector<std::string>& item_types,
                           const std::vector<std::string>& logs) {
  return journal.set(run, replaced_value, json::to_text({json::Object{{"item_types", to_json(item_types)}, {"logs", to_json(logs)}}}));
}

Result<OutdatedLogs> outdated_logs(const Migration& migration, const std::string& target, const journal::Run& run,
                                   const KeyOwners& owners) {
  const std::vector<PlacedRun> others = TRY(runs_of_place(migration, run.kind, target, run.id));
  const bool replaces = TRY(migration.journal->get(run.id, replace_value)).has_value();
  const Replaced replaced = TRY(replaced_before(*migration.journal));
  OutdatedLogs found;
  for (const KeyLogFile& log : TRY(list_key_logs(migration.state_folder))) {
    const auto gone = replaced.find(name_of(log.path));
    const auto holds = [&owners, types = gone == replaced.end() ? std::set<std::string, std::less<>>() : gone->second](std::size_t owner) {
      return !types.contains(owners.item_type_of(owner));
    };
    const bool own = log.run == run.id;
    const auto other = std::ranges::find_if(others, [&](const PlacedRun& each) { return each.run.id == log.run; });
    if (!own && other == others.end()) continue;
    if (own && log.generation == run.generation) {
      // Deletes of an earlier attempt: begin() has waited until none of them can come any more.
      if (log.kind == SentLog::writes) found.current.push_back({log.path, holds});
      if (log.kind == SentLog::deletes) found.useless.push_back(log.path);
      continue;
    }
    const bool whole = own || other->covered;
    if (whole) found.useless.push_back(log.path);
    if (log.kind != SentLog::writes) continue;
    if (whole) {
      found.older.push_back({log.path, holds});
    } else if (!replaces) {
      found.current.push_back({log.path, holds});
      found.others_hold =
          found.others_hold ||
          (migration.filter.empty() && log.run < run.id &&
           std::ranges::any_of(
               migration.selected,
               [&](const std::string& name) { return other->is_about(name) && (gone == replaced.end() || !gone->second.contains(name)); }));
    } else {
      const auto is_replaced = [&owners, selected = migration.selected](std::size_t owner) {
        return selected.empty() || std::ranges::find(selected, owners.item_type_of(owner)) != selected.end();
      };
      found.older.push_back({log.path, [holds, is_replaced](std::size_t owner) { return holds(owner) && is_replaced(owner); }});
      found.current.push_back({log.path, [holds, is_replaced](std::size_t owner) { return holds(owner) && !is_replaced(owner); }});
      found.replaced.push_back(name_of(log.path));
    }
  }
  return found;
}

}  // namespace itemize::pipeline
