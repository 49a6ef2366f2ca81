// itemize preview: the real items of real rows.
#include <algorithm>
#include <memory>

#include "cli/output.h"
#include "cli/sample.h"
#include "cli/side_by_side.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "cli/write_diagram.h"
#include "item/dynamodb_json.h"
#include "item/limits.h"
#include "pipeline/masked_origin.h"
#include "pipeline/snapshots.h"
#include "pipeline/source_relations.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  int number = 3;
  std::string diagram;
  bool side_by_side = false;
};

std::string write_units_text(std::uint32_t size) { return counted(item::write_units(size), "WCU"); }

/// Columns that a policy or their NULL keeps out of this item are not errors: named, so that nobody looks for them.
std::string absent_text(const model::BoundItem& item, const item::Item& value) {
  std::string text;
  for (const model::BoundAttribute& attribute : item.attributes)
    if (!value.contains(attribute.name)) text += (text.empty() ? "" : ", ") + attribute.name;
  return text;
}

void print(const Output& output, const Options& options, const model::BoundItem& item, const model::BoundTable& table, const Sample& sample) {
  if (!options.side_by_side || sample.rejection) output.line("  row   " + sample.row);
  if (sample.rejection) {
    output.line("  REJECT " + std::string(item::reason_name(sample.rejection->reason)) + (sample.rejection->attribute.empty() ? "" : " at " + sample.rejection->attribute) + ": " + sample.rejection->sentence + "\n");
    return;
  }
  output.line("  item  " + counted(sample.size, "byte") + ", " + write_units_text(sample.size));
  if (options.side_by_side) return output.line(side_by_side(item, table, sample, "      "));
  output.text(item_text(item, *sample.item, "      "));
  const std::string absent = item.item->script ? "" : absent_text(item, *sample.item);
  if (!absent.empty()) output.line("      absent (NULL or empty): " + absent);
  output.line("");
}

json::Value to_json(const model::BoundItem& item, const Sample& sample) {
  json::Object object;
  if (const auto row = json::parse(sample.row)) object.emplace_back("row", *row);
  if (sample.item) {
    if (const auto value = json::parse(pipeline::masked_item(item, *sample.item))) object.emplace_back("item", *value);
    object.emplace_back("size", json_number(sample.size));
    object.emplace_back("write_units", json_number(item::write_units(sample.size)));
  }
  if (sample.rejection) {
    object.emplace_back("reason", json::Value{std::string(item::reason_name(sample.rejection->reason))});
    object.emplace_back("sentence", json::Value{sample.rejection->sentence});
  }
  return {std::move(object)};
}

Result<int> preview(const Options& options) {
  const Output output(options.common);
  const auto workspace = TRY(Workspace::open(options.common));
  const pipeline::Migration migration = workspace->migration();
  const auto joins = TRY(pipeline::Joins::of(workspace->bound()));
  const pipeline::Snapshots snapshots =
      TRY(pipeline::take_snapshots(migration, {.connections = pipeline::connections_for_a_few_rows(*joins)}));
  const pipeline::SourceRelations related(snapshots, *joins);
  if (snapshots.filter != nullptr)
    for (const std::string& note : snapshots.filter->notes()) output.line(note);
  const auto wanted = static_cast<std::size_t>(options.number);
  json::Object document;
  SamplesByItem all_samples;
  int status = all_well;
  for (const model::ItemType& type : workspace->model().items) {
    const model::BoundItem* item = workspace->item(static_cast<std::size_t>(&type - workspace->model().items.data()));
    if (item == nullptr) continue;
    const model::BoundTable& table = *workspace->table_of(*item);
    const std::vector<Sample> samples = TRY(first_samples(workspace->bound(), *item, snapshots, related, wanted));
    output.line(type.name + ": " + workspace->from_text(*item) + " -> " + workspace->model().tables[item->table_index].name + (samples.empty() ? "  (no rows)" : ""));
    json::Array list;
    for (const Sample& sample : samples) {
      if (sample.rejection) status = with_findings;
      print(output, options, *item, table, sample);
      list.push_back(to_json(*item, sample));
    }
    document.emplace_back(type.name, json::Value{std::move(list)});
    if (!options.diagram.empty()) all_samples.emplace(item->index, samples);
  }
  if (!options.diagram.empty()) {
    TRY(write_diagram(*workspace, all_samples, options.diagram));
    output.line("wrote " + options.diagram);
  }
  output.document({std::move(document)});
  return status;
}

}  // namespace

void add_preview(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common);
  add_row_options(arguments, options->common);
  arguments.number("-n,--number", options->number, 1, 1000, "N", "items of each type (default: 3)");
  arguments.flag("--side-by-side", options->side_by_side, "each column beside the attribute it becomes, or why it becomes none");
  arguments.text("--diagram", options->diagram, "FILE", "also write FILE.html or FILE.svg: the model as a picture, with these values");
  arguments.on_run(status, [options] { return status_of(preview(*options)); });
}

}  // namespace itemize::cli
