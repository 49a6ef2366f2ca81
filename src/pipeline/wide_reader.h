// WideReader: the rows of a range with all that is joined to them.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "pipeline/gather.h"
#include "source/source.h"

namespace itemize::pipeline {

/// One thread. For a table without relations it is the source's reader and nothing more.
class WideReader {
 public:
  /// `related`: nullptr where the model has no relations. `rows_at_once`: so many rows' relations are asked for together.
  static Result<std::unique_ptr<WideReader>> open(source::Snapshot& snapshot, const source::Range& range, const model::BoundTable& table,
                                                  const Related* related, std::size_t rows_at_once = row::RowBatch::max_rows);

  /// The next rows are in batch(); false at the end.
  Result<bool> next();
  const row::RowBatch& batch() const { return gatherer_ ? wide_ : read_; }
  /// By Join::number; empty without relations.
  std::vector<JoinCount> counts() const { return gatherer_ ? gatherer_->counts() : std::vector<JoinCount>(); }

 private:
  std::unique_ptr<source::Reader> reader_;
  std::unique_ptr<RelatedRows> rows_;
  std::optional<Gatherer> gatherer_;
  /// The next of read_'s rows, for the gatherer.
  const row::RowBatch& next_piece();

  std::size_t rows_at_once_ = row::RowBatch::max_rows;
  row::RowBatch read_;
  row::RowBatch piece_;  // of read_, where it has more rows than rows_at_once
  row::RowBatch wide_;
  std::size_t next_row_ = 0;  // of read_
  bool gathering_ = false;    // the gatherer may have more of what it was given
};

}  // namespace itemize::pipeline
