#include "source/sqlite/reader.h"

#include <algorithm>

namespace itemize::source::sqlite {

SqliteReader::SqliteReader(std::shared_ptr<Seat> seat, std::vector<Statement> statements, std::vector<Meaning> columns, std::string table)
    : seat_(std::move(seat)), statements_(std::move(statements)), columns_(std::move(columns)), table_(std::move(table)) {
  std::ranges::reverse(statements_);
  ++seat_->readers;
}

SqliteReader::~SqliteReader() {
  const std::scoped_lock lock(seat_->mutex);
  statements_.clear();
  --seat_->readers;
}

Result<bool> SqliteReader::next(row::RowBatch& batch) {
  batch.clear(columns_.size());
  const std::scoped_lock lock(seat_->mutex);
  std::size_t bytes = 0;
  while (!statements_.empty() && batch.rows() < row::RowBatch::max_rows && bytes < row::RowBatch::target_bytes) {
    const Statement& statement = statements_.back();
    if (!TRY_WITH("table " + table_, statements_.back().step())) {
      statements_.pop_back();
      continue;
    }
    row::Cell* const cells = batch.add_row();
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      cells[column] = statement.cell(static_cast<int>(column), batch.arena());
      apply(columns_[column], cells[column], batch.arena());
      bytes += sizeof(row::Cell) + cells[column].size;
    }
  }
  return !batch.empty();
}

}  // namespace itemize::source::sqlite
