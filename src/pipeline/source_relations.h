// SourceRelations: related rows asked of the source itself, for a few rows: preview, explain, rejects. All owners of a batch at once.
#pragma once

#include <memory>

#include "pipeline/related_rows.h"
#include "pipeline/snapshots.h"

namespace itemize::pipeline {

/// Readers of the snapshot that are open at once: the owner's, and one of related rows.
inline int connections_for_a_few_rows(const Joins& joins) { return joins.empty() ? 1 : 2; }

class SourceRelations : public Related {
 public:
  /// Both must outlive it. Each RelatedRows reads over one connection more of the snapshot, beside its owner's.
  SourceRelations(const Snapshots& snapshots, const Joins& joins) : snapshots_(snapshots), joins_(joins) {}

  const Joins& joins() const override { return joins_; }
  std::unique_ptr<RelatedRows> open() const override;

 private:
  const Snapshots& snapshots_;
  const Joins& joins_;
};

}  // namespace itemize::pipeline
