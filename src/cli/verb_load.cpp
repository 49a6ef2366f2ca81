// itemize load: into live DynamoDB tables.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "cli/move_verb.h"
#include "cli/plan_report.h"
#include "cli/store_report.h"
#include "cli/progress_line.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "pipeline/live_destination.h"
#include "pipeline/retry_rejects.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  MoveSettings move;
  std::string rate;
  double grace_seconds = 30;
  bool retry_rejects = false;
  bool execute = false;
};

Result<std::optional<pipeline::WriteRate>> parse_rate(const std::string& text) {
  if (text.empty()) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  if (end == text.c_str() || !(number > 0) || (!unit.empty() && unit != "%")) {
    return fail(ErrorCode::invalid_input, "the rate '" + text + "' is no rate", "write WCU a second (500), or a share of each table's capacity (50%)");
  }
  return pipeline::WriteRate{unit.empty() ? number : 0, unit.empty() ? 0 : number};
}

std::string live_text(const pipeline::LiveDestination& destination) {
  const sink::LiveProgress live = destination.live_progress();
  std::string text = counted(live.items, "item") + " stored";
  double rate = 0;
  for (const auto& table : live.tables) rate += table.achieved;
  text += ", " + with_commas(static_cast<std::uint64_t>(rate)) + " WCU/s";
  if (live.retries > 0) text += ", " + counted(live.retries, "retry", "retries");
  if (!live.trouble.empty()) text += ", trouble: " + live.trouble;
  return text;
}

/// What --replace would do to what is there.
Result<void> say_replaced(const Output& output, const pipeline::Migration& migration, const std::string& target) {
  output.line("what other loads wrote of these item types, and this one does not write, will be deleted:");
  for (const pipeline::TypeChange& change : TRY(pipeline::changes_since_loaded(migration, target)).types) {
    if (change.state == pipeline::TypeChange::State::removed) continue;
    output.text("  " + change_text(change));
    if (change.state == pipeline::TypeChange::State::same) output.line("    " + counted(change.items, "item") + " are written again; those of rows that are gone are deleted");
  }
  return {};
}

/// What --execute would do; changes nothing.
Result<int> say_plan(const Options& options, Workspace& workspace, pipeline::LiveDestination& destination) {
  const Output output(options.common);
  TRY(workspace.open_for_reading());
  const pipeline::Migration migration = workspace.migration();
  int status = all_well;
  std::string state = "a new load";
  if (migration.journal != nullptr) {
    const auto last = TRY(pipeline::last_run(migration, destination));
    const bool finished = last && last->state == journal::RunState::finished;
    if (last) state = !finished ? "an unfinished load goes on" : options.move.again || options.move.replace ? "a new load, in place of the last" : "finished before: with --again a new load";
  }
  output.line("into " + destination.target() + ": " + state);
  Columns columns({"item type", "from", "into", ">rows (about)"});
  for (const model::ItemType& type : workspace.model().items) {
    const model::BoundItem* item = workspace.item(static_cast<std::size_t>(&type - workspace.model().items.data()));
    if (item == nullptr) continue;
    columns.add({type.name, workspace.from_text(*item), workspace.model().tables[item->table_index].name, workspace.estimated_rows(*item) ? with_commas(*workspace.estimated_rows(*item)) : "?"});
  }
  output.text(columns.to_string("  "));
  if (const auto need = TRY(store_need(workspace, options.common.folder))) {
    say(output, *need);
    if (!need->enough()) status = with_findings;
  }
  if (options.move.replace) TRY(say_replaced(output, migration, destination.target()));
  if (const Result<void> checked = destination.check(migration); !checked) {
    output.line("it could not begin: " + checked.error().to_string());
    status = with_findings;
  }
  output.line("nothing was written: --execute does it");
  return status;
}

/// What --retry-rejects came to. Status 1 where rejects are left.
int show_retried(const Output& output, const std::vector<pipeline::RetriedType>& types) {
  Columns columns({"item type", ">written", ">still rejected", ">row gone", ">key is masked", ">key not proven"});
  json::Array list;
  std::uint64_t left = 0;
  for (const pipeline::RetriedType& type : types) {
    columns.add({type.name, with_commas(type.written), with_commas(type.still), with_commas(type.gone), with_commas(type.masked), with_commas(type.unproven)});
    list.push_back({json::Object{{"item_type", {type.name}}, {"written", json_number(type.written)}, {"still_rejected", json_number(type.still)}, {"gone", json_number(type.gone)},
                                 {"masked", json_number(type.masked)}, {"unproven", json_number(type.unproven)}}});
    left += type.left();
  }
  if (types.empty()) output.line("there are no rejects");
  else output.text(columns.to_string());
  const auto any = [&](std::uint64_t pipeline::RetriedType::*count) { return std::ranges::any_of(types, [&](const pipeline::RetriedType& type) { return type.*count > 0; }); };
  if (any(&pipeline::RetriedType::masked)) output.line("rejects whose key is masked, because it is sensitive, cannot be read again: load --again does it");
  if (any(&pipeline::RetriedType::unproven)) output.line("rejects of item types whose keys are not proven unique are not tried one by one: load --again does it");
  output.document({json::Object{{"verb", {std::string("load --retry-rejects")}}, {"item_types", {std::move(list)}}, {"left", json_number(left)}}});
  return left > 0 ? with_findings : all_well;
}

Result<int> retry(const Options& options, Workspace& workspace, pipeline::LiveDestination& destination) {
  const Output output(options.common);
  const pipeline::Migration migration = workspace.migration();
  if (!options.execute) {
    for (const auto& [name, count] : TRY(pipeline::count_rejects(migration))) output.line(name + ": " + counted(count, "reject") + " would be tried again");
    output.line("nothing was written: --execute does it");
    return all_well;
  }
  pipeline::Progress progress;
  Result<std::vector<pipeline::RetriedType>> retried;
  {
    const ProgressLine line(options.common, progress, [&destination] { return live_text(destination); });
    retried = pipeline::retry_rejects(migration, destination, {.allow_global_lock = options.move.allow_global_lock, .stop = stop_on_signals()}, progress);
  }
  if (!retried) return std::unexpected(std::move(retried).error());
  return show_retried(output, *retried);
}

Result<int> load(const Options& options) {
  if (options.move.replace && options.retry_rejects) return fail(ErrorCode::invalid_input, "--replace and --retry-rejects are two different things", "take one of them");
  if (options.move.replace && !(options.common.where.empty() && options.common.sample.empty()))
    return fail(ErrorCode::invalid_input, "--replace is about all rows of an item type: a part of them cannot replace it", "leave --where and --sample out");
  const auto rate = TRY(parse_rate(options.rate));
  const auto workspace = TRY(Workspace::open(options.common));
  pipeline::LiveDestinationOptions live;
  live.session = TRY(workspace->session("dynamodb"));
  live.rate = rate;
  live.grace = std::chrono::milliseconds(static_cast<std::int64_t>(options.grace_seconds * 1000));
  live.stop = stop_on_signals();
  if (options.execute) TRY(workspace->open_for_writing("load"));
  const auto destination = TRY(pipeline::LiveDestination::make(workspace->migration(), std::move(live)));
  if (options.retry_rejects) return retry(options, *workspace, *destination);
  if (!options.execute) return say_plan(options, *workspace, *destination);
  SinkLink link;
  link.text = [&destination] { return live_text(*destination); };
  link.throttled_by = [&destination] { return destination->live_progress().throttled_by; };
  link.set_rate = [&destination](const std::string& text) -> Result<void> {
    const auto rate_now = TRY(parse_rate(text));
    destination->set_rate(*rate_now);
    return {};
  };
  return run_move(options.common, options.move, *workspace, *destination, std::move(link));
}

}  // namespace

void add_load(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_move_options(arguments, options->common, options->move);
  arguments.text("--rate", options->rate, "WCU|PERCENT%", "most WCU a second for each table (500), or a share of its capacity (50%)");
  arguments.size("--queue-bytes", options->move.queue_bytes, "SIZE", "most bytes of the queue on disk for a target slower than the source; 0: none (default: half of the free disk)");
  arguments.number("--grace", options->grace_seconds, 0, 3600, "SECONDS", "seconds after which a request without an answer is no longer carried out (default: 30)");
  arguments.flag("--replace", options->move.replace, "after a change of the model: write the item types of --select anew, and delete what other loads wrote of them and this one does not");
  arguments.flag("--retry-rejects", options->retry_rejects, "read the rows in .itemize/rejects/ again and write those that have become items now; nothing else");
  arguments.flag("--execute", options->execute, "do it; without this, only say what would be done");
  arguments.on_run(status, [options] { return status_of(load(*options)); });
}

}  // namespace itemize::cli
