// ScratchStore: related rows for one scan, in a folder that no other process uses.
#pragma once

#include <memory>
#include <string>

#include "pipeline/stored_relations.h"

namespace itemize::pipeline {

class ScratchStore {
 public:
  /// In `folder`, which must exist. What killed processes left there is removed first.
  static Result<std::unique_ptr<ScratchStore>> fill(const Migration& migration, const Snapshots& snapshots, const std::string& folder,
                                                    const FillOptions& options, Progress& progress);
  const Related& related() const { return *relations_; }

 private:
  std::unique_ptr<const Joins> joins_;
  std::unique_ptr<StoredRelations> relations_;
};

}  // namespace itemize::pipeline
