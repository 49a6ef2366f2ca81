// itemize inspect: what the source holds, and what each column will become.
#include <algorithm>
#include <memory>

#include "cli/output.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "cli/write_diagram.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  std::vector<std::string> tables;
  std::string diagram;
};

const char* kind_name(row::TableKind kind) {
  switch (kind) {
    case row::TableKind::table: return "table";
    case row::TableKind::partitioned: return "partitioned table";
    case row::TableKind::view: return "view";
    case row::TableKind::materialized_view: return "materialised view";
    case row::TableKind::foreign: return "foreign table";
  }
  return "";
}

std::string names_of(const row::Table& table, const row::UniqueKey& key) {
  std::string text;
  for (const std::size_t column : key.columns) text += (text.empty() ? "" : ", ") + table.columns[column].name;
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void print_table(const Output& output, const row::Table& table) {
  std::string head = on_one_line(table.display_name()) + "  (" + kind_name(table.kind);
  if (table.estimated_rows) head += ", about " + counted(*table.estimated_rows, "row");
  if (table.estimated_bytes) head += ", " + bytes_text(*table.estimated_bytes);
  output.line(head + ")" + (table.readable ? "" : "  cannot be read: " + (table.obstacle.empty() ? std::string("this user may not SELECT from it") : table.obstacle)));
  Columns columns({"", "", "", ""});
  for (const row::Column& column : table.columns) {
    std::string remarks = column.nullable ? "" : "not null";
    if (column.generated) remarks += remarks.empty() ? "generated" : ", generated";
    if (!column.readable) remarks += remarks.empty() ? "not readable" : ", not readable";
    columns.add({column.name, column.type.name, becomes(column.type), remarks});
  }
  output.text(columns.to_string("    "));
  for (const row::UniqueKey& key : table.unique_keys) output.line(std::string("    ") + (key.primary ? "primary key" : "unique") + " (" + names_of(table, key) + ")" + (key.bytewise ? "" : "  under a collation that equates different texts"));
  for (const row::ForeignKey& key : table.foreign_keys) output.line("    (" + joined(key.columns) + ") -> " + key.parent_table + " (" + joined(key.parent_columns) + ")");
  output.line("");
}

json::Value strings(const std::vector<std::string>& names) {
  json::Array array;
  for (const std::string& name : names) array.push_back({name});
  return {std::move(array)};
}

json::Value to_json(const row::Table& table) {
  json::Array columns;
  for (const row::Column& column : table.columns) {
    columns.push_back({json::Object{{"name", {column.name}}, {"type", {column.type.name}}, {"becomes", {std::string(becomes(column.type))}}, {"nullable", {column.nullable}},
                                    {"generated", {column.generated}}, {"readable", {column.readable}}}});
  }
  json::Array keys;
  for (const row::UniqueKey& key : table.unique_keys) {
    std::vector<std::string> names;
    for (const std::size_t column : key.columns) names.push_back(table.columns[column].name);
    keys.push_back({json::Object{{"name", {key.name}}, {"primary", {key.primary}}, {"columns", strings(names)}}});
  }
  json::Array foreign;
  for (const row::ForeignKey& key : table.foreign_keys) {
    foreign.push_back({json::Object{{"name", {key.name}}, {"columns", strings(key.columns)}, {"parent_schema", {key.parent_schema}}, {"parent_table", {key.parent_table}}, {"parent_columns", strings(key.parent_columns)}}});
  }
  json::Object object{{"schema", {table.schema}}, {"name", {table.name}}, {"kind", {std::string(kind_name(table.kind))}}, {"readable", {table.readable}}};
  if (table.estimated_rows) object.emplace_back("estimated_rows", json_number(*table.estimated_rows));
  if (table.estimated_bytes) object.emplace_back("estimated_bytes", json_number(*table.estimated_bytes));
  object.emplace_back("columns", json::Value{std::move(columns)});
  object.emplace_back("unique_keys", json::Value{std::move(keys)});
  object.emplace_back("foreign_keys", json::Value{std::move(foreign)});
  return {std::move(object)};
}

Result<int> inspect(const Options& options) {
  const Output output(options.common);
  if (!options.diagram.empty()) {
    const auto workspace = TRY(Workspace::open(options.common));
    TRY(write_diagram(*workspace, {}, options.diagram));
    output.line("wrote " + options.diagram);
    output.document({json::Object{{"diagram", {options.diagram}}}});
    return all_well;
  }
  LoadedModel loaded = TRY(load_model(options.common));
  // A model that is wrong elsewhere still says where the sources are; without it there is nothing to look at.
  if (loaded.model == nullptr) {
    print_findings(loaded.findings);
    return std::unexpected(model_error(loaded.findings));
  }
  json::Array sources;
  for (const model::SourceSpec& spec : loaded.model->sources) {
    const auto source = TRY_WITH("source " + spec.name, open_source(spec.url, spec.name, spec.time_zone, options.common.folder));
    const row::Catalog catalog = TRY_WITH("source " + spec.name, source->catalog());
    output.line((loaded.model->sources.size() > 1 ? "source " + spec.name + ": " : "") + catalog.engine + " " + catalog.version + ", " + catalog.database + "\n");
    json::Array tables;
    for (const row::Table& table : catalog.tables) {
      const bool wanted = options.tables.empty() || std::ranges::any_of(options.tables, [&](const std::string& name) { return name == table.name || name == table.display_name(); });
      if (!wanted) continue;
      print_table(output, table);
      tables.push_back(to_json(table));
    }
    sources.push_back({json::Object{{"name", {spec.name}}, {"engine", {catalog.engine}}, {"version", {catalog.version}}, {"database", {catalog.database}}, {"tables", {std::move(tables)}}}});
  }
  output.document({json::Object{{"sources", {std::move(sources)}}}});
  return all_well;
}

}  // namespace

void add_inspect(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common, false);
  arguments.texts("TABLE", options->tables, "", "only these tables");
  arguments.text("--diagram", options->diagram, "FILE", "write FILE.html or FILE.svg: tables, relations, what becomes of them");
  arguments.on_run(status, [options] { return status_of(inspect(*options)); });
}

}  // namespace itemize::cli
