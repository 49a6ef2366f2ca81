#include "pipeline/changes.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "pipeline/destination.h"

namespace itemize::pipeline {
namespace {

using Of = model::Difference::Of;
using State = TypeChange::State;

/// An item type as a run loaded it.
struct Loaded {
  const PlacedRun* placed = nullptr;
  json::Value summary;
  std::uint64_t items = 0;
};

Result<std::vector<std::uint64_t>> items_of(journal::Journal& journal, const journal::Run& run) {
  std::vector<std::uint64_t> sums;
  for (const journal::RangeRecord& range : TRY(journal.ranges(run.id, run.generation))) {
    sums.resize(std::max(sums.size(), range.items.size()));
    for (std::size_t index = 0; index < range.items.size(); ++index) sums[index] += range.items[index];
  }
  return sums;
}

class Comparison {
 public:
  Comparison(const Migration& migration, const std::string& target)
      : migration_(migration), target_(target), now_(model::summary_of(*migration.bound)) {}

  Result<Changes> run() {
    const std::vector<PlacedRun> runs = TRY(runs_of_place(migration_, "load", target_, 0));
    for (const PlacedRun& placed : runs) TRY(take(placed));
    for (const model::ItemType& type : migration_.model().items) {
      const json::Value* summary = now_.find("items")->find(type.name);
      if (summary != nullptr) changes_.types.push_back(compare(type, *summary));
    }
    if (migration_.selected.empty())
      for (const auto& [name, loaded] : loaded_) add_removed(name, loaded);
    return std::move(changes_);
  }

 private:
  Result<void> take(const PlacedRun& placed) {
    const journal::Run& run = placed.run;
    if (run.generation == 0) return {};
    const std::string what = "load " + std::to_string(run.id);
    if (!placed.filter.empty()) {
      changes_.notes.push_back(what + " took a part of the rows (" + placed.filter + "): it does not count here");
      return {};
    }
    const auto text = TRY(migration_.journal->get(run.id, model_value));
    const Result<json::Value> summary = json::parse(text.value_or(""));
    const json::Value* items = summary ? summary->find("items") : nullptr;
    const json::Value* names = summary ? summary->find("item_types") : nullptr;
    if (items == nullptr || items->object() == nullptr || names == nullptr || names->array() == nullptr) {
      changes_.notes.push_back(what + " cannot be compared: an earlier itemize did not write its model down");
      return {};
    }
    // What the end of a full load left was all its own.
    if (placed.selected.empty() && run.state == journal::RunState::finished) loaded_.clear();
    const std::vector<std::uint64_t> counts = TRY(items_of(*migration_.journal, run));
    for (std::size_t index = 0; index < names->array()->size(); ++index) {
      const std::string* name = (*names->array())[index].string();
      const json::Value* item = name == nullptr ? nullptr : items->find(*name);
      if (item != nullptr) loaded_[*name] = {&placed, *item, index < counts.size() ? counts[index] : 0};
    }
    return {};
  }

  std::optional<std::uint64_t> estimated_rows(const model::ItemType& type) const {
    std::optional<std::uint64_t> rows;
    for (const model::BoundTable& table : migration_.bound->tables)
      for (const model::BoundItem& item : table.items)
        if (item.item == &type && table.table->estimated_rows) rows = rows.value_or(0) + *table.table->estimated_rows;
    return rows;
  }

  TypeChange compare(const model::ItemType& type, const json::Value& summary) const {
    TypeChange change;
    change.name = type.name;
    const auto before = loaded_.find(type.name);
    if (before == loaded_.end()) {
      change.state = State::added;
      change.puts = estimated_rows(type);
      return change;
    }
    const Loaded& loaded = before->second;
    change.run = loaded.placed->run.id;
    change.finished = loaded.placed->run.state == journal::RunState::finished;
    change.items = loaded.items;
    change.differences = model::differences(loaded.summary, summary);
    if (change.differences.empty()) return change;
    change.state = State::changed;
    change.puts = loaded.items;
    for (const model::Difference& difference : change.differences) {
      if (difference.of == Of::table || difference.of == Of::key || difference.of == Of::from) change.deletes = loaded.items;
      if (difference.of == Of::from || difference.of == Of::where) change.puts = estimated_rows(type);
      change.some_go = change.some_go || difference.of == Of::where || difference.of == Of::other;
    }
    if (change.deletes > 0) change.some_go = false;
    return change;
  }

  void add_removed(const std::string& name, const Loaded& loaded) {
    if (std::ranges::any_of(migration_.model().items, [&](const model::ItemType& type) { return type.name == name; })) return;
    TypeChange change;
    change.name = name;
    change.state = State::removed;
    change.run = loaded.placed->run.id;
    change.items = change.deletes = loaded.items;
    changes_.types.push_back(std::move(change));
  }

  const Migration& migration_;
  const std::string& target_;
  json::Value now_;
  std::map<std::string, Loaded> loaded_;
  Changes changes_;
};

}  // namespace

bool Changes::any() const {
  return std::ranges::any_of(types, [](const TypeChange& type) { return type.state != State::same; });
}

Result<Changes> changes_since_loaded(const Migration& migration, const std::string& target) { return Comparison(migration, target).run(); }

}  // namespace itemize::pipeline
