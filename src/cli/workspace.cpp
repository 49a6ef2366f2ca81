#include "cli/workspace.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "aws/sts.h"
#include "base/file.h"
#include "pipeline/known_columns.h"
#include "pipeline/sampling.h"
#include "source/registry.h"
#include "transform/script/lua_script.h"

namespace itemize::cli {
namespace {

constexpr const char* model_file = "itemize.yaml";

std::string model_path(const Common& common) { return common.folder == "." ? model_file : common.folder + "/" + model_file; }

Result<void> check_folder(const std::string& folder) {
  struct stat about {};
  if (::stat(folder.c_str(), &about) != 0) return fail_errno("the folder '" + folder + "' cannot be used");
  if (!S_ISDIR(about.st_mode)) return fail(ErrorCode::invalid_input, "'" + folder + "' is not a folder");
  return {};
}

std::optional<std::string> password_of(const std::string& name, bool only_one) {
  std::string variable = "ITEMIZE_SOURCE_";
  for (const char byte : name) variable += std::isalnum(static_cast<unsigned char>(byte)) ? static_cast<char>(std::toupper(static_cast<unsigned char>(byte))) : '_';
  variable += "_PASSWORD";
  if (const char* value = std::getenv(variable.c_str())) return value;
  const char* value = only_one ? std::getenv("ITEMIZE_SOURCE_PASSWORD") : nullptr;
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

/// A relative file of a source is meant from the migration's folder.
std::string below_folder(std::string url, const std::string& folder) {
  constexpr std::string_view scheme = "sqlite:";
  if (folder == "." || !url.starts_with(scheme)) return url;
  std::string path = url.substr(scheme.size());
  if (path.starts_with("//")) path.erase(0, 2);
  if (path.starts_with("/") || path.empty()) return url;
  return std::string(scheme) + folder + "/" + path;
}

/// Scripts that do not compile are mistakes of the model.
void check_scripts(const model::Model& model, std::vector<model::Finding>& findings) {
  for (const model::ItemType& item : model.items) {
    if (!item.script || !item.script->exec.empty()) continue;
    const std::string problem = transform::problem_of_lua(*item.script);
    if (!problem.empty()) findings.push_back({model::Severity::error, item.script->place, "items." + item.name + ".script", problem, ""});
  }
}

}  // namespace

std::string state_folder_of(const Common& common) {
  std::string state = common.folder == "." ? ".itemize" : common.folder + "/.itemize";
  return common.environment.empty() ? state : state + "/" + common.environment;
}

Result<LoadedModel> load_model(const Common& common) {
  TRY(check_folder(common.folder));
  const std::string path = model_path(common);
  Result<std::string> text = read_file(path, 64 << 20);
  if (!text && text.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found, "there is no " + path, "itemize init postgresql://user@host/database (or mysql://..., sqlite:file.db) writes a first one");
  }
  if (!text) return std::unexpected(std::move(text).error());
  const auto read = [&](const std::string& name) { return read_file(name.starts_with('/') ? name : parent_directory(path) + "/" + name, 8 << 20); };
  model::ParseResult parsed = model::parse_model(path, *text, {.environment = common.environment, .read_file = read});
  LoadedModel loaded;
  loaded.findings = std::move(parsed.findings);
  if (parsed.model) check_scripts(*parsed.model, loaded.findings);
  if (std::ranges::any_of(loaded.findings, [](const model::Finding& finding) { return finding.severity == model::Severity::error; })) return loaded;
  if (parsed.model) loaded.model = std::make_unique<model::Model>(*std::move(parsed.model));
  return loaded;
}

void print_findings(const std::vector<model::Finding>& findings) {
  for (const model::Finding& finding : findings) std::fprintf(stderr, "%s\n", model::to_string(finding, model_file).c_str());
}

Error model_error(const std::vector<model::Finding>& findings) {
  const auto errors = std::ranges::count_if(findings, [](const model::Finding& finding) { return finding.severity == model::Severity::error; });
  return {ErrorCode::invalid_input, std::to_string(errors) + (errors == 1 ? " error in " : " errors in ") + model_file, "", {}};
}

Result<std::unique_ptr<source::Source>> open_source(const std::string& url, const std::string& name, const std::string& time_zone, const std::string& folder) {
  source::Options options;
  options.url = below_folder(url, folder);
  options.time_zone = time_zone;
  options.password = password_of(name, true);
  return source::make_source(options);
}

Result<std::unique_ptr<Workspace>> Workspace::open(const Common& common, std::vector<model::Finding>& findings) {
  LoadedModel loaded = TRY(load_model(common));
  findings = std::move(loaded.findings);
  std::unique_ptr<Workspace> workspace(new Workspace());
  workspace->common_ = common;
  std::vector<std::string>& selected = workspace->common_.selected;
  std::ranges::sort(selected);
  selected.erase(std::ranges::unique(selected).begin(), selected.end());
  workspace->state_folder_ = state_folder_of(common);
  workspace->model_ = std::move(loaded.model);
  if (common.sample.empty() != common.sample_of.empty()) return fail(ErrorCode::invalid_input, "--sample and --of belong together", "--sample 1% --of Customer");
  if (!common.sample.empty()) workspace->sample_ = pipeline::SampleSpec{TRY(pipeline::parse_share(common.sample)), common.sample_of};
  if (workspace->model_ == nullptr) return workspace;
  const model::Model& model = *workspace->model_;
  // Only sources that are read are connected to: another one's server may be down.
  std::set<std::string> wanted;
  for (const model::ItemType& item : model.items)
    if (common.selected.empty() || std::ranges::find(common.selected, item.name) != common.selected.end()) wanted.insert(item.from.source);
  for (const model::SourceSpec& spec : model.sources) {
    const bool read = wanted.contains(spec.name) || (model.sources.size() == 1 && wanted.contains(""));
    workspace->catalogs_.emplace_back();
    workspace->sources_.emplace_back();
    if (!read) continue;
    source::Options options;
    options.url = below_folder(spec.url, common.folder);
    options.time_zone = spec.time_zone;
    options.password = password_of(spec.name, model.sources.size() == 1);
    workspace->sources_.back() = TRY_WITH("source " + spec.name, source::make_source(options));
    workspace->catalogs_.back() = TRY_WITH("source " + spec.name, workspace->sources_.back()->catalog());
  }
  model::BindResult result = model::bind_model(model, workspace->catalogs_, common.selected, common.where);
  findings.insert(findings.end(), result.findings.begin(), result.findings.end());
  std::ranges::stable_sort(findings, {}, [](const model::Finding& finding) { return std::pair(finding.place.line, finding.place.column); });
  workspace->bound_ = std::move(result.bound);
  return workspace;
}

Result<std::unique_ptr<Workspace>> Workspace::open(const Common& common) {
  std::vector<model::Finding> findings;
  auto workspace = TRY(open(common, findings));
  print_findings(findings);
  if (!workspace->is_bound()) return std::unexpected(model_error(findings));
  return workspace;
}

const model::BoundTable* Workspace::table_of(const model::BoundItem& wanted) const {
  for (const model::BoundTable& table : bound_->tables)
    for (const model::BoundItem& item : table.items)
      if (&item == &wanted) return &table;
  return nullptr;
}

std::string Workspace::from_text(const model::BoundItem& wanted) const {
  const model::From& from = wanted.item->from;
  if (from.schemas.empty()) return wanted.from->display_name();
  std::size_t schemas = 0;
  for (const model::BoundTable& table : bound_->tables)
    schemas += static_cast<std::size_t>(std::ranges::count(table.items, wanted.index, &model::BoundItem::index));
  return from.schemas + "." + from.table + " (" + std::to_string(schemas) + (schemas == 1 ? " schema)" : " schemas)");
}

std::optional<std::uint64_t> Workspace::estimated_rows(const model::BoundItem& wanted) const {
  std::optional<std::uint64_t> rows;
  for (const model::BoundTable& table : bound_->tables)
    for (const model::BoundItem& item : table.items)
      if (item.index == wanted.index && table.table->estimated_rows) rows = rows.value_or(0) + *table.table->estimated_rows;
  return rows;
}

Result<void> Workspace::open_for_writing(const std::string& verb) {
  TRY(make_directories(state_folder_, 0700));
  lock_ = TRY(LockFile::acquire(state_folder_ + "/lock", verb));
  journal_ = TRY(journal::Journal::open(state_folder_));
  return apply_known_columns();
}

Result<void> Workspace::apply_known_columns() { return pipeline::apply_known_columns(*bound_, *journal_); }

Result<void> Workspace::open_for_reading() {
  auto opened = journal::Journal::open_read_only(state_folder_);
  if (opened) journal_ = *std::move(opened);
  else if (opened.error().code != ErrorCode::not_found) return std::unexpected(std::move(opened).error());
  return {};
}

pipeline::Migration Workspace::migration() {
  pipeline::Migration migration;
  migration.bound = &*bound_;
  for (const auto& source : sources_) migration.sources.push_back(source.get());
  migration.state_folder = state_folder_;
  migration.journal = journal_.get();
  migration.selected = common_.selected;
  migration.sample = sample_;
  if (!common_.where.empty()) migration.filter = "where " + common_.where;
  if (sample_) migration.filter += (migration.filter.empty() ? "" : ", ") + ("sample " + common_.sample + " of " + common_.sample_of);
  return migration;
}

Result<std::shared_ptr<aws::Session>> Workspace::session(std::string_view service) {
  const model::Target& target = model_->target;
  aws::SessionOptions options;
  options.region = target.region;
  options.endpoint = service == "dynamodb" ? target.endpoint : "";
  options.profile = common_.profile;
  auto session = TRY_WITH("the target", aws::open_session(service, options));
  session->user_agent = std::string("itemize/") + version;
  if (target.account.empty() || account_checked_ || session->endpoint.is_loopback()) return session;
  options.endpoint.clear();
  const aws::CallerIdentity who = TRY_WITH("checking the target's account", aws::caller_identity(TRY(aws::open_session("sts", options))));
  if (who.account != target.account) {
    return fail(ErrorCode::conflict, "the credentials belong to account " + who.account + " (" + who.arn + "), the model's target is " + target.account,
                "use the right credentials (AWS_PROFILE, --profile), or correct target: account");
  }
  account_checked_ = true;
  return session;
}

}  // namespace itemize::cli
