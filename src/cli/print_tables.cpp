#include "cli/print_tables.h"

#include "cli/output.h"
#include "cli/sample.h"
#include "cli/workspace.h"
#include "item/dynamodb_json.h"
#include "model/exchange/exchange.h"
#include "pipeline/snapshots.h"
#include "pipeline/source_relations.h"

namespace itemize::cli {
namespace {

/// A value of a sensitive attribute, of the same type as far as it is a key's; `number` keeps keys apart.
item::AttributeValue masked_value(const item::AttributeValue& value, std::size_t number) {
  if (std::holds_alternative<item::NumberValue>(value.value)) return {item::NumberValue{std::to_string(number)}};
  if (std::holds_alternative<item::BinaryValue>(value.value)) return {item::BinaryValue{"***" + std::to_string(number)}};
  return {item::StringValue{"***" + std::to_string(number)}};
}

Result<std::vector<model::exchange::SampleItems>> sample_items(Workspace& workspace, const pipeline::Snapshots& snapshots,
                                                               const pipeline::Related& related, int number) {
  std::vector<model::exchange::SampleItems> samples;
  std::size_t count = 0;
  for (std::size_t index = 0; index < workspace.model().items.size(); ++index) {
    const model::BoundItem* item = workspace.item(index);
    if (item == nullptr) continue;
    samples.push_back({index, {}});
    for (const Sample& sample :
         TRY(first_samples(workspace.bound(), *item, snapshots, related, static_cast<std::size_t>(number)))) {
      if (!sample.item) continue;
      item::Item masked = *sample.item;
      ++count;
      for (auto& [name, value] : masked)
        if (is_sensitive(*item, name)) value = masked_value(value, count);
      samples.back().items.push_back(TRY(json::parse(item::to_json(masked))));
    }
  }
  return samples;
}

}  // namespace

Result<int> print_tables(const Common& common, const std::string& format, int number) {
  const Output output(common);
  std::string text;
  std::vector<std::string> left_out;
  if (format == "workbench") {
    const auto workspace = TRY(Workspace::open(common));
    const pipeline::Migration migration = workspace->migration();
    const auto joins = TRY(pipeline::Joins::of(workspace->bound()));
    const pipeline::Snapshots snapshots =
        TRY(pipeline::take_snapshots(migration, {.connections = pipeline::connections_for_a_few_rows(*joins)}));
    const pipeline::SourceRelations related(snapshots, *joins);
    std::int64_t now = 0;
    for (const auto& snapshot : snapshots.by_source)
      if (snapshot != nullptr) now = snapshot->taken_at();
    text = model::exchange::to_workbench(workspace->model(), TRY(sample_items(*workspace, snapshots, related, number)), now, left_out);
  } else {
    const LoadedModel loaded = TRY(load_model(common));
    print_findings(loaded.findings);
    if (loaded.model == nullptr) return std::unexpected(model_error(loaded.findings));
    text = format == "terraform" ? model::exchange::to_terraform(*loaded.model) : model::exchange::to_cloudformation(*loaded.model);
  }
  json::Array list;
  for (const std::string& sentence : left_out) {
    std::fprintf(stderr, "left out, because Workbench has no place for it: %s\n", sentence.c_str());
    list.push_back({sentence});
  }
  if (output.json())
    output.document({json::Object{{"format", {format}}, {"text", {text}}, {"left_out", {std::move(list)}}}});
  else
    output.text(text);
  return all_well;
}

}  // namespace itemize::cli
