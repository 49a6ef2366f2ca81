// itemize check [--scan] [--target]: what is wrong, before anything moves.
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "aws/dynamodb.h"
#include "base/file.h"
#include "cli/forecast_report.h"
#include "cli/output.h"
#include "cli/progress_line.h"
#include "cli/scan_report.h"
#include "cli/store_report.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "model/findings.h"
#include "pipeline/forecast.h"
#include "pipeline/protection.h"
#include "pipeline/scan.h"
#include "pipeline/table_definitions.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  bool scan = false;
  bool target = false;
  bool forecast = false;
  double rate = 0;
  std::string max_snapshot_age;
  int connections = 2;
};

json::Value to_json(const std::vector<model::Finding>& findings) {
  static constexpr const char* names[] = {"error", "warning", "note"};
  json::Array list;
  for (const model::Finding& finding : findings) {
    list.push_back({json::Object{{"severity", {std::string(names[static_cast<std::size_t>(finding.severity)])}},
                                 {"line", json_number(static_cast<std::uint64_t>(finding.place.line))},
                                 {"column", json_number(static_cast<std::uint64_t>(finding.place.column))},
                                 {"path", {finding.path}},
                                 {"message", {finding.message}},
                                 {"hint", {finding.hint}}}});
  }
  return {std::move(list)};
}

/// The temporary files of a scan: beside the state where there is one already, so that a check leaves no trace in a fresh folder.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make(const std::string& state_folder) {
    std::error_code failure;
    if (std::filesystem::is_directory(state_folder, failure) && ::access(state_folder.c_str(), W_OK) == 0) return ScratchFolder(state_folder, false);
    const char* base = std::getenv("TMPDIR");
    std::string path = std::string(base != nullptr ? base : "/tmp") + "/itemize-check.XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return fail_errno("cannot make the folder '" + path + "'");
    return ScratchFolder(path, true);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::move(other.path_)), ours_(std::exchange(other.ours_, false)) {}
  ~ScratchFolder() {
    std::error_code ignored;
    if (ours_) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  ScratchFolder(std::string path, bool ours) : path_(std::move(path)), ours_(ours) {}
  std::string path_;
  bool ours_ = false;
};

class Checker {
 public:
  Checker(const Options& options, Workspace& workspace, const Output& output, json::Object& document) : options_(options), workspace_(workspace), output_(output), document_(document) {}

  Result<int> run() {
    say_items();
    say_meetings();
    TRY(say_documents());
    if (options_.target) TRY(look_at_target());
    if (options_.forecast) TRY(forecast());
    if (options_.scan) TRY(scan());
    else output_.line("\nnext: itemize check --scan reads all rows (what does not fit, keys that collide, sizes, cost); itemize preview shows items");
    return status_;
  }

 private:
  void say_items() {
    Columns columns({"item type", "from", "into", ">rows (about)", "key"});
    json::Array list;
    for (const model::ItemType& type : workspace_.model().items) {
      const model::BoundItem* item = workspace_.item(static_cast<std::size_t>(&type - workspace_.model().items.data()));
      if (item == nullptr) continue;
      const std::string rows = workspace_.estimated_rows(*item) ? with_commas(*workspace_.estimated_rows(*item)) : "?";
      const std::string table = workspace_.model().tables[item->table_index].name;
      columns.add({type.name, workspace_.from_text(*item), table, rows, item->key_proven_unique ? "unique, proven" : "to be scanned: " + item->key_doubt});
      list.push_back({json::Object{{"name", {type.name}}, {"from", {workspace_.from_text(*item)}}, {"table", {table}}, {"key_proven_unique", {item->key_proven_unique}}, {"key_doubt", {item->key_doubt}}}});
    }
    output_.text(columns.to_string());
    document_.emplace_back("items", json::Value{std::move(list)});
  }

  void say_meetings() {
    for (const auto& [first, second] : workspace_.bound().may_meet) {
      output_.line(workspace_.model().items[first].name + " and " + workspace_.model().items[second].name + " could make the same key in one table: a scan has to show that they do not");
    }
  }

  /// What the rows that documents are made of take on the local disk.
  Result<void> say_documents() {
    const auto need = TRY(store_need(workspace_, options_.common.folder));
    if (!need) return {};
    output_.line("");
    say(output_, *need);
    if (!need->enough()) status_ = with_findings;
    document_.emplace_back("documents", json::Value{json::Object{{"tables", {need->tables}}, {"disk_bytes_needed", json_number(need->bytes)}, {"disk_bytes_free", json_number(need->free)}}});
    return {};
  }

  Result<void> look_at_target() {
    const auto session = TRY(workspace_.session("dynamodb"));
    const auto dynamodb = TRY(aws::DynamoDb::open(session));
    output_.line("\nthe target, " + session->endpoint.origin());
    json::Array list;
    for (const model::DynamoTable& table : workspace_.model().tables) {
      const auto found = TRY(dynamodb->describe_table(table.name));
      json::Array drifts;
      if (!found) {
        output_.line("  " + table.name + ": is not there" + (table.managed ? " (itemize create --execute makes it)" : " (and not managed by itemize)"));
        if (!table.managed) status_ = with_findings;
      } else {
        const auto all = pipeline::compare_table(table, *found);
        if (all.empty()) output_.line("  " + table.name + ": as the model says");
        for (const pipeline::Drift& drift : all) {
          status_ = with_findings;
          output_.line("  " + table.name + " " + drift.text);
          drifts.push_back({drift.text});
        }
      }
      list.push_back({json::Object{{"table", {table.name}}, {"exists", {found.has_value()}}, {"drift", {std::move(drifts)}}}});
    }
    document_.emplace_back("target", json::Value{std::move(list)});
    return {};
  }

  Result<void> forecast() {
    std::optional<std::chrono::milliseconds> most;
    if (!options_.max_snapshot_age.empty()) most = TRY_WITH("--max-snapshot-age", pipeline::parse_duration(options_.max_snapshot_age));
    const pipeline::Migration migration = workspace_.migration();
    const pipeline::Snapshots snapshots = TRY(pipeline::take_snapshots(migration, {}, stop_on_signals()));
    const pipeline::Forecast forecast =
        TRY(pipeline::forecast(migration, snapshots, {.connections = options_.connections, .write_units_per_second = options_.rate, .stop = stop_on_signals()}));
    output_.text(forecast_text(forecast, options_.connections));
    document_.emplace_back("forecast", forecast_json(forecast));
    const std::string warning = most ? age_warning(forecast, *most) : "";
    if (warning.empty()) return {};
    output_.line(warning);
    status_ = with_findings;
    return {};
  }

  Result<void> scan() {
    const ScratchFolder scratch = TRY(ScratchFolder::make(workspace_.state_folder()));
    const pipeline::Migration migration = workspace_.migration();
    pipeline::Progress progress;
    pipeline::ScanOptions scan_options;
    scan_options.threads = options_.connections;
    scan_options.stop = stop_on_signals();
    pipeline::ScanReport report;
    double seconds = 0;
    {
      const ProgressLine line(options_.common, progress);
      const pipeline::Snapshots snapshots = TRY(pipeline::take_snapshots(migration, {.connections = options_.connections}, stop_on_signals()));
      if (snapshots.filter != nullptr)
        for (const std::string& note : snapshots.filter->notes()) output_.line(note);
      report = TRY(pipeline::scan(migration, snapshots, scratch.path(), scan_options, progress));
      seconds = line.seconds();
    }
    output_.text(scan_text(workspace_, report, seconds));
    document_.emplace_back("scan", scan_json(workspace_, report));
    if (scan_has_findings(report)) status_ = with_findings;
    return {};
  }

  const Options& options_;
  Workspace& workspace_;
  const Output& output_;
  json::Object& document_;
  int status_ = all_well;
};

Result<int> check(const Options& options) {
  const Output output(options.common);
  std::vector<model::Finding> findings;
  const auto workspace = TRY(Workspace::open(options.common, findings));
  if (options.common.json) {
    json::Object document{{"findings", to_json(findings)}};
    if (!workspace->is_bound()) {
      output.document({std::move(document)});
      return std::unexpected(model_error(findings));
    }
    const int status = TRY(Checker(options, *workspace, output, document).run());
    output.document({std::move(document)});
    return status;
  }
  print_findings(findings);
  if (!workspace->is_bound()) return std::unexpected(model_error(findings));
  json::Object unused;
  return Checker(options, *workspace, output, unused).run();
}

}  // namespace

void add_check(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common);
  add_row_options(arguments, options->common);
  arguments.flag("--scan", options->scan, "read all rows: what will not fit, keys that collide, sizes, cost");
  arguments.flag("--target", options->target, "compare the model's tables with those in DynamoDB");
  arguments.flag("--forecast", options->forecast, "how long a load will take, and hold its snapshot: reads each source for a second or two");
  arguments.number("--rate", options->rate, 0, 1e9, "WCU", "for --forecast: WCU a second of each table (default: what it is made for)");
  arguments.text("--max-snapshot-age", options->max_snapshot_age, "DURATION", "for --forecast: warn where the snapshot would get older");
  arguments.number("--connections", options->connections, 1, 64, "N", "readers of the source, for --scan and --forecast (default: 2)");
  arguments.on_run(status, [options] { return status_of(check(*options)); });
}

}  // namespace itemize::cli
