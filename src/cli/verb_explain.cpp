// itemize explain ITEM column=value...: one row, end to end.
#include <algorithm>
#include <memory>

#include "aws/dynamodb.h"
#include "base/closest.h"
#include "cli/output.h"
#include "cli/sample.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "item/dynamodb_json.h"
#include "model/findings.h"
#include "model/schemas.h"
#include "pipeline/masked_origin.h"
#include "pipeline/snapshots.h"
#include "pipeline/source_relations.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  std::string item;
  std::vector<std::string> values;
  bool source_only = false;
};

/// The target may be far away or not there: the rest of the answer must not wait for it.
constexpr auto target_patience = std::chrono::seconds(5);

/// Whether the table is one of those that an item type reads in many schemas.
bool is_in_schemas(const row::Table& table) { return std::ranges::any_of(table.columns, model::is_schema_name); }

/// False where schema_name=... names another one.
bool is_of_schema(const Options& options, const row::Table& table) {
  const std::string prefix = std::string(model::schema_name_column) + "=";
  return !is_in_schemas(table) || std::ranges::all_of(options.values, [&](const std::string& value) { return !value.starts_with(prefix) || value.substr(prefix.size()) == table.schema; });
}

Result<source::Range> range_of(const Options& options, const row::Table& table) {
  source::Range range;
  range.schema = table.schema;
  range.table = table.name;
  range.kind = source::RangeKind::rows;
  range.row_keys.emplace_back();
  std::vector<std::string> names;
  for (const row::Column& column : table.columns) names.push_back(column.name);
  for (const std::string& value : options.values) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos) return fail(ErrorCode::invalid_input, "'" + value + "' is not column=value", "itemize explain " + options.item + " id=42");
    const std::string name = value.substr(0, equals);
    if (name == model::schema_name_column && is_in_schemas(table)) continue;   // it has chosen the table
    if (!table.column(name)) return fail(ErrorCode::not_found, "table " + table.display_name() + " has no column '" + name + "'", model::did_you_mean_or(name, names, "it has " + model::list_words(names)));
    range.key_columns.push_back(name);
    range.row_keys[0].push_back(value.substr(equals + 1));
  }
  return range;
}

/// What the target holds under the key, in words; the item itself where there is one.
struct Held {
  std::string words;
  std::optional<item::Item> item;
};

Held look_up(aws::DynamoDb& dynamodb, const std::string& table, const Sample& sample) {
  auto found = dynamodb.get_item(table, sample.key);
  if (!found) return {"DynamoDB was not asked: " + found.error().message, {}};
  if (!*found) return {"DynamoDB holds nothing under this key", {}};
  const auto item = item::item_from_json(**found);
  if (!item) return {"DynamoDB's item cannot be read: " + item.error().message, {}};
  return {item::equal(*item, *sample.item) ? "DynamoDB holds the same item" : "DynamoDB holds ANOTHER item under this key", *item};
}

class Explainer {
 public:
  Explainer(const Options& options, Workspace& workspace, const Output& output) : options_(options), workspace_(workspace), output_(output) {}

  Result<int> run() {
    const model::BoundItem* item = TRY(chosen());
    const pipeline::Migration migration = workspace_.migration();
    const auto joins = TRY(pipeline::Joins::of(workspace_.bound()));
    const pipeline::Snapshots snapshots =
        TRY(pipeline::take_snapshots(migration, {.connections = pipeline::connections_for_a_few_rows(*joins)}));
    const pipeline::SourceRelations related(snapshots, *joins);
    connect();
    bool found = false;
    for (const model::BoundTable& table : workspace_.bound().tables)
      if (std::ranges::find(table.items, item->index, &model::BoundItem::index) != table.items.end() && is_of_schema(options_, *table.table)) found = TRY(explain_rows(table, snapshots, related)) || found;
    if (!found) {
      std::string wanted;
      for (const std::string& value : options_.values) wanted += (wanted.empty() ? "" : ", ") + value;
      return fail(ErrorCode::not_found, "table " + workspace_.from_text(*item) + " has no row with " + wanted, "values are written as the source writes them");
    }
    output_.document({json::Object{{"items", {std::move(list_)}}}});
    return status_;
  }

 private:
  /// One row becomes an item of every type that reads its table. False where there is none.
  Result<bool> explain_rows(const model::BoundTable& table, const pipeline::Snapshots& snapshots, const pipeline::Related& related) {
    const source::Range range = TRY(range_of(options_, *table.table));
    for (const model::BoundItem& each : table.items) {
      const std::vector<Sample> samples = TRY(make_samples(workspace_.bound(), table, each, snapshots.of(table), related, range, 20, false));
      if (samples.empty()) return false;
      if (&each == &table.items.front())
        for (std::size_t index = 0; index < samples.size(); ++index)
          if (index == 0 || samples[index].row != samples[index - 1].row) output_.line("row of " + table.table->display_name() + "\n  " + samples[index].row + "\n");
      for (const Sample& sample : samples) explain(each, sample);
    }
    return true;
  }

  Result<const model::BoundItem*> chosen() {
    std::vector<std::string> names;
    for (const model::ItemType& type : workspace_.model().items) names.push_back(type.name);
    for (std::size_t index = 0; index < names.size(); ++index)
      if (names[index] == options_.item)
        if (const model::BoundItem* item = workspace_.item(index)) return item;
    return fail(ErrorCode::not_found, "there is no item type '" + options_.item + "'", model::did_you_mean_or(options_.item, names, "there is " + model::list_words(names)));
  }

  void connect() {
    if (options_.source_only) return;
    auto session = workspace_.session("dynamodb");
    auto opened = session ? aws::DynamoDb::open(*session, target_patience) : Result<std::unique_ptr<aws::DynamoDb>>(std::unexpected(session.error()));
    if (opened) dynamodb_ = *std::move(opened);
    else output_.line("DynamoDB was not asked: " + opened.error().message + "\n");
  }

  void explain(const model::BoundItem& item, const Sample& sample) {
    const std::string& table = workspace_.model().tables[item.table_index].name;
    json::Object object{{"item_type", {item.item->name}}, {"table", {table}}};
    if (const auto row = json::parse(sample.row)) object.emplace_back("row", *row);
    if (sample.rejection) {
      status_ = with_findings;
      output_.line(item.item->name + ": REJECT " + std::string(item::reason_name(sample.rejection->reason)) + (sample.rejection->attribute.empty() ? "" : " at " + sample.rejection->attribute) + ": " + sample.rejection->sentence + "\n");
      object.emplace_back("reason", json::Value{std::string(item::reason_name(sample.rejection->reason))});
      object.emplace_back("sentence", json::Value{sample.rejection->sentence});
    } else if (!sample.item) {
      output_.line(item.item->name + ": the row is left out by `where`" + (item.item->script ? " or the script" : "") + ", or has expired\n");
      object.emplace_back("skipped", json::Value{true});
    } else {
      output_.line(item.item->name + " in table " + table + ", " + counted(sample.size, "byte"));
      output_.text(item_text(item, *sample.item, "    "));
      if (const auto value = json::parse(pipeline::masked_item(item, *sample.item))) object.emplace_back("item", *value);
      if (dynamodb_ != nullptr) show_held(item, look_up(*dynamodb_, table, sample), object);
      output_.line("");
    }
    list_.push_back({std::move(object)});
  }

  void show_held(const model::BoundItem& item, const Held& held, json::Object& object) {
    output_.line("  " + held.words);
    object.emplace_back("target", json::Value{held.words});
    if (!held.item || held.words.find("ANOTHER") == std::string::npos) return;
    status_ = with_findings;
    output_.text(item_text(item, *held.item, "    "));
    if (const auto value = json::parse(pipeline::masked_item(item, *held.item))) object.emplace_back("target_item", *value);
  }

  const Options& options_;
  Workspace& workspace_;
  const Output& output_;
  std::unique_ptr<aws::DynamoDb> dynamodb_;
  json::Array list_;
  int status_ = all_well;
};

Result<int> explain(const Options& options) {
  const Output output(options.common);
  const auto workspace = TRY(Workspace::open(options.common));
  return Explainer(options, *workspace, output).run();
}

}  // namespace

void add_explain(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common, false);
  arguments.required("ITEM", options->item, "", "an item type");
  arguments.texts("COLUMN=VALUE", options->values, "", "which row: any columns of its table", true);
  arguments.flag("--source-only", options->source_only, "do not ask DynamoDB what it holds");
  arguments.on_run(status, [options] { return status_of(explain(*options)); });
}

}  // namespace itemize::cli
