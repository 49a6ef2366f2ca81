#include "pipeline/wide_reader.h"

namespace itemize::pipeline {

Result<std::unique_ptr<WideReader>> WideReader::open(source::Snapshot& snapshot, const source::Range& range, const model::BoundTable& table,
                                                     const Related* related, std::size_t rows_at_once) {
  auto reader = std::make_unique<WideReader>();
  const JoinedRows* const joined = related == nullptr ? nullptr : related->joins().joined(table);
  if (joined == nullptr) {
    if (!table.relations.empty())
      return fail(ErrorCode::internal, "rows of " + table.table->display_name() + " are read without those joined to them");
    reader->reader_ = TRY(snapshot.open(range, *table.table, table.columns));
    return reader;
  }
  reader->reader_ = TRY(snapshot.open_with_key_forms(range, *table.table, table.columns, joined->key_forms));
  reader->rows_ = related->open();
  reader->rows_at_once_ = rows_at_once;
  reader->gatherer_.emplace(*joined, *reader->rows_, related->joins().count());
  return reader;
}

const row::RowBatch& WideReader::next_piece() {
  const std::size_t count = std::min(rows_at_once_, read_.rows() - next_row_);
  const std::size_t first = std::exchange(next_row_, next_row_ + count);
  if (count == read_.rows()) return read_;
  piece_.clear(read_.columns());
  for (std::size_t index = first; index < next_row_; ++index)
    if (row::Cell* cells = piece_.add_row()) std::ranges::copy(read_.row(index), cells);
  return piece_;
}

Result<bool> WideReader::next() {
  if (!gatherer_) return reader_->next(read_);
  while (true) {
    if (gathering_ && TRY(gatherer_->next(wide_))) return true;
    gathering_ = false;
    if (next_row_ == read_.rows()) {
      next_row_ = 0;
      if (!TRY(reader_->next(read_))) return false;
    }
    TRY(gatherer_->begin(next_piece()));
    gathering_ = true;
  }
}

}  // namespace itemize::pipeline
