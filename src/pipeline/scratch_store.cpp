#include "pipeline/scratch_store.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/file.h"

namespace itemize::pipeline {
namespace {

constexpr std::string_view scan_store_prefix = "scan-store-";

Result<void> remove_abandoned(const std::string& folder) {
  for (const DirectoryEntry& entry : TRY(list_directory(folder))) {
    if (!entry.is_directory || !entry.name.starts_with(scan_store_prefix)) continue;
    int process = 0;
    const char* const end = entry.name.data() + entry.name.size();
    const auto [rest, wrong] = std::from_chars(entry.name.data() + scan_store_prefix.size(), end, process);
    if (wrong != std::errc() || rest != end || process <= 0 || ::kill(process, 0) == 0 || errno != ESRCH) continue;
    TRY(store::remove_store(folder + "/" + entry.name));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ScratchStore>> ScratchStore::fill(const Migration& migration, const Snapshots& snapshots, const std::string& folder,
                                                         const FillOptions& options, Progress& progress) {
  TRY(remove_abandoned(folder));
  auto scratch = std::make_unique<ScratchStore>();
  scratch->joins_ = TRY(Joins::of(*migration.bound));
  const std::string path = folder + "/" + std::string(scan_store_prefix) + std::to_string(::getpid());
  scratch->relations_ = TRY(StoredRelations::fill(snapshots, *scratch->joins_, path, options, progress));
  return scratch;
}

}  // namespace itemize::pipeline
