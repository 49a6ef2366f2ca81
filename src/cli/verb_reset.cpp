// itemize reset: takes away what this migration made, and nothing else.
#include <filesystem>
#include <memory>

#include "aws/dynamodb.h"
#include "base/file.h"
#include "cli/output.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/workspace.h"

namespace itemize::cli {
namespace {

struct Options {
  Common common;
  bool execute = false;
};

constexpr auto patience = std::chrono::seconds(60);

/// A table of the journal as it stands in DynamoDB now.
enum class Standing { ours, gone, of_others };

Result<Standing> standing_of(aws::DynamoDb& dynamodb, const journal::CreatedTable& table) {
  const auto found = TRY(dynamodb.describe_table(table.name));
  if (!found) return Standing::gone;
  return (found->id.empty() ? found->created_at : found->id) == table.table_id ? Standing::ours : Standing::of_others;
}

Result<void> remove_table(aws::DynamoDb& dynamodb, const std::string& name) {
  const auto found = TRY(dynamodb.describe_table(name));
  if (found && found->deletion_protection) {
    return fail(ErrorCode::conflict, "table " + name + " has deletion protection", "switch it off (aws dynamodb update-table --table-name " + name + " --no-deletion-protection-enabled), then run reset again");
  }
  TRY(dynamodb.delete_table(name));
  return dynamodb.wait_until_gone(name, std::chrono::minutes(10));
}

/// Everything of ours in the state folder; folders of environments in it are other migrations' states.
Result<void> remove_state(const std::string& folder) {
  for (const char* name : {"rejects", "keys", "queue", "store"}) {
    std::error_code failure;
    std::filesystem::remove_all(folder + "/" + name, failure);
    if (failure) return fail(ErrorCode::io, "cannot remove '" + folder + "/" + name + "': " + failure.message());
  }
  for (const DirectoryEntry& entry : TRY(list_directory(folder)))
    if (!entry.is_directory && entry.name != "lock") TRY(remove_file(folder + "/" + entry.name));
  return {};
}

Result<int> reset(const Options& options) {
  const Output output(options.common);
  LoadedModel loaded = TRY(load_model(options.common));
  if (loaded.model == nullptr) {
    print_findings(loaded.findings);
    return std::unexpected(model_error(loaded.findings));
  }
  const std::string folder = state_folder_of(options.common);
  if (!path_exists(folder + "/journal.db")) {
    output.line("there is nothing to take away: this migration has done nothing yet");
    return all_well;
  }
  std::optional<LockFile> lock;
  if (options.execute) lock = TRY(LockFile::acquire(folder + "/lock", "reset"));
  auto journal = TRY(options.execute ? journal::Journal::open(folder) : journal::Journal::open_read_only(folder));
  const auto tables = TRY(journal->created_tables());
  std::unique_ptr<aws::DynamoDb> dynamodb;
  if (!tables.empty()) {
    const model::Target& target = loaded.model->target;
    aws::SessionOptions session;
    session.region = target.region;
    session.endpoint = target.endpoint;
    session.profile = options.common.profile;
    dynamodb = TRY(aws::DynamoDb::open(TRY(aws::open_session("dynamodb", session)), patience));
  }
  for (const journal::CreatedTable& table : tables) {
    if (table.endpoint_or_region != dynamodb->session().endpoint.origin()) {
      return fail(ErrorCode::conflict, "table " + table.name + " was made at " + table.endpoint_or_region + ", the model's target is " + dynamodb->session().endpoint.origin(),
                  "point the model at where the tables are, or delete them yourself");
    }
    const Standing standing = TRY(standing_of(*dynamodb, table));
    if (standing == Standing::of_others) output.line("table " + table.name + " is not the one this migration made: it is left alone");
    if (standing == Standing::ours && !options.execute) output.line("would delete table " + table.name + " with everything in it");
    if (standing == Standing::ours && options.execute) {
      TRY(remove_table(*dynamodb, table.name));
      output.line("deleted table " + table.name);
    }
    if (options.execute) TRY(journal->forget_created_table(table.name));
  }
  for (const journal::Run& run : TRY(journal->runs()))
    if (run.kind == "export") output.line("the export in " + run.target + " stays");
  if (!options.execute) {
    output.line("would forget what was done: the journal, key logs and rejects in " + folder + "\nnothing was done: --execute does it");
    return all_well;
  }
  journal.reset();
  TRY(remove_state(folder));
  output.line("forgot what was done: " + folder);
  return all_well;
}

}  // namespace

void add_reset(Arguments& arguments, int& status) {
  auto options = std::make_shared<Options>();
  add_common(arguments, options->common, false);
  arguments.flag("--execute", options->execute, "do it; without this, only say what would be done");
  arguments.on_run(status, [options] { return status_of(reset(*options)); });
}

}  // namespace itemize::cli
