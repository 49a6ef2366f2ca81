#include "cli/move_verb.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "cli/progress_line.h"
#include "cli/text.h"

namespace itemize::cli {
namespace {

json::Value to_json(const Workspace& workspace, const pipeline::MoveReport& report, double seconds) {
  json::Object items;
  for (std::size_t index = 0; index < report.items.size(); ++index)
    if (workspace.item(index) != nullptr) items.emplace_back(workspace.model().items[index].name, json_number(report.items[index]));
  json::Object positions;
  for (std::size_t index = 0; index < report.positions.size(); ++index)
    if (!report.positions[index].empty()) positions.emplace_back(workspace.model().sources[index].name, json::Value{report.positions[index]});
  json::Array notes;
  for (const std::string& note : report.notes) notes.push_back({note});
  return {json::Object{{"verb", {report.run.kind}},
                       {"target", {report.run.target}},
                       {"run", json_number(static_cast<std::uint64_t>(report.run.id))},
                       {"generation", json_number(static_cast<std::uint64_t>(report.run.generation))},
                       {"nothing_to_do", {report.nothing_to_do}},
                       {"rows", json_number(report.rows)},
                       {"items", {std::move(items)}},
                       {"rejects", json_number(report.rejects)},
                       {"left_out", json_number(report.skipped)},
                       {"bytes", json_number(report.bytes)},
                       {"write_units", json_real(report.write_units)},
                       {"removed", json_number(report.removed)},
                       {"positions", {std::move(positions)}},
                       {"notes", {std::move(notes)}},
                       {"seconds", json_real(seconds)}}};
}

void print(const Output& output, const Workspace& workspace, const pipeline::MoveReport& report, double seconds) {
  Columns columns({"item type", ">items"});
  std::uint64_t items = 0;
  for (std::size_t index = 0; index < report.items.size(); ++index) {
    if (workspace.item(index) == nullptr) continue;
    columns.add({workspace.model().items[index].name, with_commas(report.items[index])});
    items += report.items[index];
  }
  output.text(columns.to_string());
  std::string line = counted(report.rows, "row") + " -> " + counted(items, "item") + ", " + bytes_text(report.bytes);
  if (report.write_units > 0) line += ", " + with_commas(static_cast<std::uint64_t>(report.write_units)) + " WCU";
  if (report.skipped > 0) line += ", " + counted(report.skipped, "row", "rows") + " left out by where, time to live or duplicates";
  output.line(line + ", in " + duration_text(seconds));
  if (report.removed > 0) output.line(counted(report.removed, report.run.kind == "load" ? "item" : "file") + " of an older state removed");
  for (const std::string& note : report.notes) output.line("note: " + note);
  if (report.rejects > 0) {
    output.line(counted(report.rejects, "row") + " could not become items: see " + workspace.state_folder() + "/rejects/");
  }
}

}  // namespace

void add_move_options(CLI::App& app, Common& common, MoveSettings& settings) {
  add_common(app, common);
  app.add_option("--connections", settings.connections, "readers of each source, and as many workers (default: one a core, at most 4)")->check(CLI::Range(1, 256))->option_text("N");
  app.add_option("--range-bytes", settings.range_bytes, "how much of the source is one unit of work, such as 8mb (default: 32mb)")->transform(CLI::AsSizeValue(false))->check(CLI::PositiveNumber)->option_text("SIZE");
  app.add_flag("--again", settings.again, "begin anew although the last run was finished");
  app.add_flag("--frozen", settings.frozen, "the source does not change: a resumed run keeps what is finished");
  app.add_flag("--allow-global-lock", settings.allow_global_lock, "writers of the source may be blocked for a moment where a snapshot needs it");
  app.add_option("--max-rejects", settings.max_rejects, "stop when more rows than this cannot become items")->type_name("N");
  app.add_flag("--quiet", common.quiet, "no progress line");
}

int connections_of(const MoveSettings& settings) {
  return settings.connections > 0 ? settings.connections : static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
}

Result<int> run_move(const Common& common, const MoveSettings& settings, Workspace& workspace, pipeline::Destination& destination, std::function<std::string()> more) {
  const Output output(common);
  pipeline::MoveOptions options;
  options.connections = connections_of(settings);
  options.range_bytes = settings.range_bytes;
  options.again = settings.again;
  options.frozen = settings.frozen;
  options.allow_global_lock = settings.allow_global_lock;
  options.max_rejects = settings.max_rejects;
  options.stop = stop_on_signals();
  const pipeline::Migration migration = workspace.migration();
  pipeline::Progress progress;
  std::optional<Result<pipeline::MoveReport>> report;
  double seconds = 0;
  {
    const ProgressLine line(common, progress, std::move(more));
    report = pipeline::move(migration, destination, options, progress);
    seconds = line.seconds();
  }
  if (!*report) return std::unexpected(std::move(*report).error());
  if ((*report)->nothing_to_do) {
    output.line("nothing to do: this " + destination.kind() + " was finished at " + time_text((*report)->run.finished_at) +
                ((*report)->model_changed ? "; the model has changed since: --again does it anew" : "; --again does it anew"));
  } else {
    print(output, workspace, **report, seconds);
  }
  output.document(to_json(workspace, **report, seconds));
  return (*report)->rejects > 0 ? with_findings : all_well;
}

}  // namespace itemize::cli
