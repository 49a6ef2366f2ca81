// itemize status: where this migration stands. Reads the journal only.
#include <algorithm>
#include <memory>

#include "base/file.h"
#include "cli/output.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/workspace.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
};

struct Sum {
  std::uint64_t ranges = 0;
  std::uint64_t done = 0;
  std::uint64_t rows = 0;
  std::uint64_t rejects = 0;
  std::vector<std::uint64_t> items;
};

Result<Sum> sum_of(journal::Journal& journal, const journal::Run& run) {
  Sum sum;
  for (const journal::RangeRecord& range : TRY(journal.ranges(run.id, run.generation))) {
    ++sum.ranges;
    if (range.state != journal::RangeState::done) continue;
    ++sum.done;
    sum.rows += range.rows;
    sum.rejects += range.rejects;
    sum.items.resize(std::max(sum.items.size(), range.items.size()));
    for (std::size_t index = 0; index < range.items.size(); ++index) sum.items[index] += range.items[index];
  }
  return sum;
}

/// Files of rejects with their number of lines.
Result<std::vector<std::pair<std::string, std::uint64_t>>> rejects_in(const std::string& folder) {
  std::vector<std::pair<std::string, std::uint64_t>> found;
  if (!path_exists(folder)) return found;
  for (const DirectoryEntry& entry : TRY(list_directory(folder))) {
    if (entry.is_directory || !entry.name.ends_with(".jsonl")) continue;
    const std::string text = TRY(read_file(folder + "/" + entry.name, 64ULL << 30));
    found.emplace_back(entry.name.substr(0, entry.name.size() - 6), static_cast<std::uint64_t>(std::ranges::count(text, '\n')));
  }
  return found;
}

std::string advice(const std::vector<journal::Run>& runs) {
  const auto unfinished = std::ranges::find_if(runs, [&](const journal::Run& run) {
    const bool newer = std::ranges::any_of(runs, [&](const journal::Run& other) { return other.id > run.id && other.kind == run.kind && other.target == run.target; });
    return run.state == journal::RunState::running && !newer;
  });
  if (unfinished == runs.end()) return "";
  return "next: the same " + unfinished->kind + " command again carries on";
}

Result<int> show(const Options& options) {
  const Output output(options.common);
  const LoadedModel loaded = TRY(load_model(options.common));
  const std::string state_folder = state_folder_of(options.common);
  auto opened = journal::Journal::open_read_only(state_folder);
  if (!opened && opened.error().code != ErrorCode::not_found) return std::unexpected(std::move(opened).error());
  json::Object document;
  json::Array list;
  if (!opened) {
    output.line("nothing has been done yet\nnext: itemize check, itemize preview, itemize create, then itemize load or itemize export");
    output.document({json::Object{{"runs", {json::Array{}}}, {"tables", {json::Array{}}}}});
    return all_well;
  }
  journal::Journal& journal = **opened;
  const std::vector<journal::Run> runs = TRY(journal.runs());
  for (const journal::Run& run : runs) {
    const Sum sum = TRY(sum_of(journal, run));
    const bool finished = run.state == journal::RunState::finished;
    std::string line = run.kind + " " + std::to_string(run.id) + " to " + run.target + ": " + (finished ? "finished at " + time_text(run.finished_at) : "not finished, " + with_commas(sum.done) + " of " + counted(sum.ranges, "range")) + ", " +
                       counted(sum.rows, "row") + (sum.rejects > 0 ? ", " + counted(sum.rejects, "reject") : "");
    if (run.generation > 1) line += ", generation " + std::to_string(run.generation);
    const bool other_model = loaded.model != nullptr && run.model_hash != loaded.model->hash;
    if (other_model) line += " (with an earlier model)";
    output.line(line);
    json::Object items;
    Columns columns({"", ">"});
    for (std::size_t index = 0; index < sum.items.size() && loaded.model != nullptr && !other_model && index < loaded.model->items.size(); ++index) {
      if (sum.items[index] == 0) continue;
      columns.add({loaded.model->items[index].name, with_commas(sum.items[index])});
      items.emplace_back(loaded.model->items[index].name, json_number(sum.items[index]));
    }
    output.text(columns.to_string("    "));
    list.push_back({json::Object{{"run", json_number(static_cast<std::uint64_t>(run.id))}, {"kind", {run.kind}}, {"target", {run.target}}, {"state", {std::string(finished ? "finished" : "running")}},
                                 {"generation", json_number(static_cast<std::uint64_t>(run.generation))}, {"ranges", json_number(sum.ranges)}, {"ranges_done", json_number(sum.done)},
                                 {"rows", json_number(sum.rows)}, {"rejects", json_number(sum.rejects)}, {"items", {std::move(items)}}}});
  }
  json::Array tables;
  for (const journal::CreatedTable& table : TRY(journal.created_tables())) {
    output.line("table " + table.name + " at " + table.endpoint_or_region + " was made by this migration");
    tables.push_back({table.name});
  }
  json::Object rejects;
  for (const auto& [name, count] : TRY(rejects_in(state_folder + "/rejects"))) {
    output.line("rejects of " + name + ": " + with_commas(count) + " in " + state_folder + "/rejects/" + name + ".jsonl");
    rejects.emplace_back(name, json_number(count));
  }
  if (const std::string next = advice(runs); !next.empty()) output.line(next);
  document.emplace_back("runs", json::Value{std::move(list)});
  document.emplace_back("tables", json::Value{std::move(tables)});
  document.emplace_back("rejects", json::Value{std::move(rejects)});
  output.document({std::move(document)});
  return all_well;
}

}  // namespace

void add_status(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common, false);
  arguments.on_run(status, [options] { return status_of(show(*options)); });
}

}  // namespace itemize::cli
