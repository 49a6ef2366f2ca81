// The local disk that documents need, as check and the dry run of load say it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/output.h"
#include "cli/workspace.h"

namespace itemize::cli {

/// What a run reads into the local store before the first document.
struct StoreNeed {
  std::string tables;       ///< "order_lines, products"
  std::uint64_t bytes = 0;  ///< About.
  std::uint64_t free = 0;   ///< On the disk of `folder`, where the store would lie.
  std::string folder;
  bool enough() const { return bytes <= free; }
};

/// None where no item is made of several rows. `folder`: the migration's, for when there is no state folder yet.
Result<std::optional<StoreNeed>> store_need(const Workspace& workspace, const std::string& folder);
/// One line; two where there is not enough.
void say(const Output& output, const StoreNeed& need);

}  // namespace itemize::cli
