#include "cli/store_report.h"

#include <filesystem>

#include "base/file.h"
#include "cli/text.h"
#include "pipeline/stored_relations.h"

namespace itemize::cli {

Result<std::optional<StoreNeed>> store_need(const Workspace& workspace, const std::string& folder) {
  const auto joins = TRY(pipeline::Joins::of(workspace.bound()));
  if (joins->empty()) return std::nullopt;
  std::error_code failure;
  StoreNeed need;
  need.folder = std::filesystem::is_directory(workspace.state_folder(), failure) ? workspace.state_folder() : folder;
  need.tables = pipeline::names_of(*joins);
  need.bytes = pipeline::estimated_store_bytes(*joins);
  need.free = TRY(free_space(need.folder));
  return need;
}

void say(const Output& output, const StoreNeed& need) {
  output.line("documents: rows of " + need.tables + " are read into a local store first, about " + bytes_text(need.bytes) + " on disk (" +
              bytes_text(need.free) + " free)");
  if (!need.enough())
    output.line("  NOT ENOUGH: load and export would refuse to begin; free some space, or work in a folder on a larger disk");
}

}  // namespace itemize::cli
