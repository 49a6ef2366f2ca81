#include "cli/plan_report.h"

#include <algorithm>

#include "cli/output.h"
#include "cli/text.h"

namespace itemize::cli {
namespace {

using Of = model::Difference::Of;
using State = pipeline::TypeChange::State;

std::string sentence(const model::Difference& difference) {
  switch (difference.of) {
    case Of::table:
      return "moves to another table";
    case Of::key:
      return "key changed (" + difference.name + ")";
    case Of::from:
      return "read from another table";
    case Of::where:
      return difference.before.empty() ? "where added" : difference.after.empty() ? "where removed" : "where changed";
    case Of::attribute_added:
      return "attribute " + difference.name + " added";
    case Of::attribute_removed:
      return "attribute " + difference.name + " removed";
    case Of::attribute_changed:
      return "attribute " + difference.name + " changed";
    case Of::other:
      return difference.name + " changed";
  }
  return "";
}

/// So many differences are named; the others are counted.
constexpr std::size_t most_named = 4;

std::string sentences(const std::vector<model::Difference>& differences) {
  std::string text;
  for (std::size_t index = 0; index < std::min(differences.size(), most_named); ++index)
    text += (index == 0 ? "" : ", ") + sentence(differences[index]);
  if (differences.size() > most_named) text += ", and " + std::to_string(differences.size() - most_named) + " more";
  return text;
}

std::string numbers(const pipeline::TypeChange& change) {
  std::string text;
  if (change.deletes > 0) text = counted(change.deletes, "delete") + ", ";
  text += change.puts ? counted(*change.puts, "put") : std::string("as many puts as there are rows");
  if (change.some_go) text += "; items of rows that it leaves out now are deleted";
  return text;
}

const char* state_name(State state) {
  switch (state) {
    case State::same:
      return "same";
    case State::changed:
      return "changed";
    case State::added:
      return "added";
    case State::removed:
      return "removed";
  }
  return "";
}

const char* of_name(Of of) {
  static constexpr const char* names[] = {"table", "key", "from", "where", "attribute_added", "attribute_removed", "attribute_changed",
                                          "other"};
  return names[static_cast<std::size_t>(of)];
}

}  // namespace

std::string change_text(const pipeline::TypeChange& change) {
  switch (change.state) {
    case State::same:
      return change.name + ": nothing changed" + (change.finished ? "" : " (its load is not finished)") + "\n";
    case State::added:
      return change.name + ": new item type: " + (change.puts ? "about " + counted(*change.puts, "put") : numbers(change)) + "\n";
    case State::removed:
      return change.name + ": no longer in the model: " + counted(change.items, "item") +
             " stay; a load of everything (load --again --execute) deletes them\n";
    case State::changed:
      break;
  }
  std::string text = change.name + ": " + sentences(change.differences) + ": " + numbers(change) + "\n";
  for (const model::Difference& difference : change.differences) {
    if (difference.before.empty() && difference.after.empty()) continue;
    text += "    " + difference.name + ": " + (difference.before.empty() ? "(none)" : difference.before) + "  ->  " +
            (difference.after.empty() ? "(none)" : difference.after) + "\n";
  }
  return text;
}

json::Value change_json(const pipeline::TypeChange& change) {
  json::Array differences;
  for (const model::Difference& difference : change.differences)
    differences.push_back({json::Object{{"what", {std::string(of_name(difference.of))}},
                                        {"name", {difference.name}},
                                        {"before", {difference.before}},
                                        {"after", {difference.after}}}});
  json::Object object{{"name", {change.name}}, {"state", {std::string(state_name(change.state))}}};
  if (change.run != 0) {
    object.push_back({"loaded_by_run", json_number(static_cast<std::uint64_t>(change.run))});
    object.push_back({"load_finished", {change.finished}});
  }
  object.push_back({"items", json_number(change.items)});
  if (change.puts) object.push_back({"puts", json_number(*change.puts)});
  object.push_back({"deletes", json_number(change.deletes)});
  object.push_back({"differences", {std::move(differences)}});
  return {std::move(object)};
}

}  // namespace itemize::cli
