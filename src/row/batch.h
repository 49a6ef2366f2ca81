// RowBatch: some rows of one table range, as cells over one arena, reused for the next batch.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/arena.h"
#include "row/cell.h"

namespace itemize::row {

/// Filled by a source's Reader, read by transform. Cells and what they point to live until the next clear().
class RowBatch {
 public:
  /// Readers stop a batch at either bound: small enough for the caches, large enough to hide per-batch costs.
  static constexpr std::size_t max_rows = 512;
  static constexpr std::size_t target_bytes = 128 * 1024;

  explicit RowBatch(std::size_t columns = 0) : columns_(columns) {}

  std::size_t columns() const { return columns_; }
  std::size_t rows() const { return columns_ == 0 ? empty_rows_ : cells_.size() / columns_; }
  bool empty() const { return rows() == 0; }
  std::span<const Cell> row(std::size_t index) const { return {cells_.data() + index * columns_, columns_}; }

  /// Appends a row of NULLs and returns its cells to be filled; valid until the next add_row().
  Cell* add_row() {
    if (columns_ == 0) {
      ++empty_rows_;
      return nullptr;
    }
    cells_.resize(cells_.size() + columns_);
    return cells_.data() + cells_.size() - columns_;
  }
  void drop_last_row() {
    if (columns_ == 0)
      --empty_rows_;
    else
      cells_.resize(cells_.size() - columns_);
  }
  void clear(std::size_t columns) {
    columns_ = columns;
    empty_rows_ = 0;
    cells_.clear();
    arena_.reset();
  }
  Arena& arena() { return arena_; }

 private:
  std::size_t columns_;
  std::size_t empty_rows_ = 0;
  std::vector<Cell> cells_;
  Arena arena_;
};

}  // namespace itemize::row
