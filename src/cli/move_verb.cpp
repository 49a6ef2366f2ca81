#include "cli/move_verb.h"

#include <algorithm>
#include <thread>

#include "base/file.h"
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

void add_move_options(Arguments& arguments, Common& common, MoveSettings& settings) {
  add_common(arguments, common);
  add_row_options(arguments, common);
  arguments.number("--connections", settings.connections, 1, 256, "N", "readers of each source, and as many workers (default: one a core, at most 4)");
  arguments.size("--range-bytes", settings.range_bytes, "SIZE", "how much of the source is one unit of work, such as 8mb (default: 32mb)");
  arguments.flag("--again", settings.again, "begin anew although the last run was finished");
  arguments.flag("--frozen", settings.frozen, "the source does not change: a resumed run keeps what is finished");
  arguments.flag("--allow-global-lock", settings.allow_global_lock, "writers of the source may be blocked for a moment where a snapshot needs it");
  arguments.number("--max-rejects", settings.max_rejects, "N", "stop when more rows than this cannot become items");
  arguments.texts("--max-load", settings.max_load, "NAME=NUMBER", "pause while the source is busier than this: Threads_running=25 (MySQL), active_sessions=25 (PostgreSQL)");
  arguments.text("--max-replica-lag", settings.max_replica_lag, "DURATION", "pause while a replica of the source is further behind");
  arguments.text("--max-snapshot-age", settings.max_snapshot_age, "DURATION", "stop when the source's snapshot has been held for so long");
  arguments.texts("--hook", settings.hooks, "EVENT=COMMAND", "run a command at on_throttle, on_reject, on_done or on_error, with JSON on its standard input");
  arguments.flag("--quiet", common.quiet, "no progress line");
}

int connections_of(const MoveSettings& settings) {
  return settings.connections > 0 ? settings.connections : static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
}

namespace {

Result<SupervisionOptions> supervision_options(const MoveSettings& settings) {
  SupervisionOptions options;
  for (const std::string& text : settings.max_load) options.protection.max_load.push_back(TRY(pipeline::parse_max_load(text)));
  if (!settings.max_replica_lag.empty()) options.protection.max_replica_lag = TRY_WITH("--max-replica-lag", pipeline::parse_duration(settings.max_replica_lag));
  if (!settings.max_snapshot_age.empty()) options.protection.max_snapshot_age = TRY_WITH("--max-snapshot-age", pipeline::parse_duration(settings.max_snapshot_age));
  options.hooks = TRY(Hooks::parse(settings.hooks));
  options.connections = connections_of(settings);
  return options;
}

/// Half of what is free on the disk of the state folder: the journal and the rest of the machine need the other half.
Result<std::uint64_t> queue_bytes_of(const MoveSettings& settings, const Workspace& workspace) {
  if (settings.queue_bytes) return *settings.queue_bytes;
  return TRY(free_space(workspace.state_folder())) / 2;
}

std::string progress_text(const Supervision& supervision, const SinkLink& link, const pipeline::Progress& progress) {
  std::string text = link.text ? link.text() : "";
  if (progress.queued_bytes > 0) text += (text.empty() ? "" : ", ") + bytes_text(progress.queued_bytes) + " queued on disk";
  const std::string held = supervision.held_by();
  if (!held.empty()) text += (text.empty() ? "" : ", ") + ("held back: " + held);
  return text;
}

int tell_end(const Output& output, const Workspace& workspace, const Hooks& hooks, const pipeline::MoveReport& report, double seconds) {
  if (report.nothing_to_do) {
    output.line("nothing to do: this " + report.run.kind + " was finished at " + time_text(report.run.finished_at) +
                (report.model_changed ? "; the model has changed since: --again does it anew" : "; --again does it anew"));
  } else {
    print(output, workspace, report, seconds);
  }
  const json::Value document = to_json(workspace, report, seconds);
  output.document(document);
  if (!report.nothing_to_do) hooks.fire("on_done", *document.object());
  return report.rejects > 0 ? with_findings : all_well;
}

}  // namespace

Result<int> run_move(const Common& common, const MoveSettings& settings, Workspace& workspace, pipeline::Destination& destination, SinkLink link) {
  const Output output(common);
  const pipeline::Migration migration = workspace.migration();
  pipeline::Progress progress;
  const auto supervision = TRY(Supervision::start(migration, TRY(supervision_options(settings)), link, progress, stop_on_signals()));
  pipeline::MoveOptions options;
  options.connections = connections_of(settings);
  options.range_bytes = settings.range_bytes;
  options.again = settings.again;
  options.replace = settings.replace;
  options.frozen = settings.frozen;
  options.allow_global_lock = settings.allow_global_lock;
  options.max_rejects = settings.max_rejects;
  options.queue_bytes = TRY(queue_bytes_of(settings, workspace));
  options.gate = &supervision->gate();
  options.slots = &supervision->slots();
  options.stop = supervision->stop_token();
  std::optional<Result<pipeline::MoveReport>> report;
  double seconds = 0;
  {
    const ProgressLine line(common, progress, [&] { return progress_text(*supervision, link, progress); });
    report = pipeline::move(migration, destination, options, progress);
    seconds = line.seconds();
  }
  if (*report) return tell_end(output, workspace, supervision->hooks(), **report, seconds);
  Error error = std::move(*report).error();
  if (error.code == ErrorCode::cancelled && supervision->verdict()) error = *supervision->verdict();
  supervision->hooks().fire("on_error", {{"message", {error.message}}, {"hint", {error.hint}}});
  return std::unexpected(std::move(error));
}

}  // namespace itemize::cli
