// itemize plan: what a changed model means for what is loaded.
#include <memory>

#include "cli/output.h"
#include "cli/plan_report.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "pipeline/changes.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
};

std::string advice(const pipeline::Changes& changes) {
  using State = pipeline::TypeChange::State;
  std::string select;
  bool removed = false;
  for (const pipeline::TypeChange& change : changes.types) {
    removed = removed || change.state == State::removed;
    if (change.state == State::changed || change.state == State::added) select += (select.empty() ? "" : ",") + change.name;
  }
  if (select.empty()) return removed ? "next: itemize load --again --execute, where those items are to go" : "";
  return "next: itemize load --select " + select + " --replace --execute; or itemize load --again --execute for everything";
}

Result<int> plan(const Options& options) {
  const Output output(options.common);
  const auto workspace = TRY(Workspace::open(options.common));
  const std::string target = TRY(workspace->session("dynamodb"))->endpoint.origin();
  TRY(workspace->open_for_reading());
  if (workspace->journal() != nullptr)
    if (const auto known = workspace->apply_known_columns(); !known) output.line("a load would refuse: " + known.error().to_string());
  const pipeline::Changes changes = TRY(pipeline::changes_since_loaded(workspace->migration(), target));
  output.line("the model, against what was loaded into " + target);
  json::Array list;
  for (const pipeline::TypeChange& change : changes.types) {
    output.text(change_text(change));
    list.push_back(change_json(change));
  }
  for (const std::string& note : changes.notes) output.line("note: " + note);
  if (const std::string next = advice(changes); !next.empty())
    output.line(next);
  else if (!changes.any())
    output.line("nothing changed");
  output.document({json::Object{{"target", {target}}, {"changed", {changes.any()}}, {"item_types", {std::move(list)}}}});
  return all_well;
}

}  // namespace

void add_plan(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common);
  arguments.on_run(status, [options] { return status_of(plan(*options)); });
}

}  // namespace itemize::cli
