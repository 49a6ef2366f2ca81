// itemize init URL: looks at a database and writes a first itemize.yaml.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "cli/output.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/workspace.h"
#include "model/exchange/exchange.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  std::string url;
  model::Target target;
  std::string from_dms;
  std::string from_workbench;
  bool force = false;
};

/// Larger files are no models.
constexpr std::uint64_t most_import_bytes = 64 << 20;

/// The model names a file of the source from its own folder.
std::string url_from_folder(const std::string& url, const std::string& folder) {
  constexpr std::string_view scheme = "sqlite:";
  if (folder == "." || !url.starts_with(scheme) || url.substr(scheme.size()).starts_with("/")) return url;
  return std::string(scheme) + std::filesystem::absolute(url.substr(scheme.size())).lexically_normal().string();
}

/// A model of another tool's model.
Result<int> import(const Options& options, const std::string& path, const std::string& url, const row::Catalog& catalog, const Output& output) {
  const bool dms = !options.from_dms.empty();
  const std::string& file = dms ? options.from_dms : options.from_workbench;
  const std::string text = TRY(read_file(file, most_import_bytes));
  const auto imported = TRY_WITH(file, dms ? model::exchange::from_dms(text, url, catalog, options.target) : model::exchange::from_workbench(text, url, catalog, options.target));
  TRY(make_directories(options.common.folder));
  TRY(write_file_atomically(path, imported.text));
  output.line("wrote " + path + " from " + file + ": " + counted(imported.item_types, "item type"));
  json::Array left_out;
  for (const std::string& sentence : imported.left_out) {
    output.line("  left out: " + sentence);
    left_out.push_back({sentence});
  }
  output.line("next: read it, then itemize check --scan, itemize preview");
  output.document({json::Object{{"model", {path}}, {"item_types", json_number(imported.item_types)}, {"left_out", {std::move(left_out)}}}});
  return imported.left_out.empty() ? all_well : with_findings;
}

Result<int> init(const Options& options) {
  const Output output(options.common);
  const std::string path = options.common.folder == "." ? "itemize.yaml" : options.common.folder + "/itemize.yaml";
  if (!options.from_dms.empty() && !options.from_workbench.empty()) return fail(ErrorCode::invalid_input, "--from-dms and --from-workbench exclude each other");
  if (path_exists(path) && !options.force) return fail(ErrorCode::conflict, "there is an " + path + " already", "--force replaces it");
  const std::string url = url_from_folder(options.url, options.common.folder);
  const auto source = TRY(open_source(url, "source", "UTC", "."));
  const row::Catalog catalog = TRY(source->catalog());
  if (catalog.tables.empty()) {
    return fail(ErrorCode::not_found, "the database has no tables that this user can see",
                "is it the right database, and the right user? In PostgreSQL, tables outside of the search_path are seen too");
  }
  if (!options.from_dms.empty() || !options.from_workbench.empty()) return import(options, path, url, catalog, output);
  const std::string text = model::starter_model(url, catalog, options.target);
  TRY(make_directories(options.common.folder));
  TRY(write_file_atomically(path, text));
  std::size_t left_out = 0;
  std::uint64_t rows = 0;
  for (std::size_t at = text.find(" is left out: "); at != std::string::npos; at = text.find(" is left out: ", at + 1)) ++left_out;
  for (const row::Table& table : catalog.tables) rows += table.estimated_rows.value_or(0);
  output.line(catalog.engine + " " + catalog.version + ", " + catalog.database + ": " + counted(catalog.tables.size(), "table or view", "tables and views") + ", about " + counted(rows, "row"));
  output.line("wrote " + path + ": " + counted(catalog.tables.size() - left_out, "item type") + (left_out == 0 ? "" : ", " + std::to_string(left_out) + " left out (the file says why)"));
  output.line("next: read it, then itemize check, itemize preview");
  output.document({json::Object{{"model", {path}}, {"engine", {catalog.engine}}, {"tables", json_number(catalog.tables.size())}, {"left_out", json_number(left_out)}}});
  return all_well;
}

}  // namespace

void add_init(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common, false);
  arguments.required("URL", options->url, "", "postgresql://user@host/database, mysql://..., mariadb://..., sqlite:file.db; no password in it");
  arguments.text("--region", options->target.region, "REGION", "the target's AWS region");
  arguments.text("--endpoint", options->target.endpoint, "URL", "the target's endpoint (DynamoDB Local: http://127.0.0.1:8000)");
  arguments.text("--account", options->target.account, "ID", "the target's account, checked before anything is written");
  arguments.text("--from-dms", options->from_dms, "FILE", "make the model of AWS DMS table mappings (JSON)");
  arguments.text("--from-workbench", options->from_workbench, "FILE", "make the model of a NoSQL Workbench data model (JSON)");
  arguments.flag("--force", options->force, "replace an itemize.yaml that is there");
  arguments.on_run(status, [options] { return status_of(init(*options)); });
}

}  // namespace itemize::cli
