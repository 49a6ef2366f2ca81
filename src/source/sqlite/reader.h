// Reads the rows of a range over one of a point's connections.
#pragma once

#include <memory>
#include <vector>

#include "source/source.h"
#include "source/sqlite/meaning.h"
#include "source/sqlite/point.h"

namespace itemize::source::sqlite {

class SqliteReader : public Reader {
 public:
  /// `statements` are read one after the other. Counts itself among the seat's readers.
  /// `columns`: what each column's values mean.
  SqliteReader(std::shared_ptr<Seat> seat, std::vector<Statement> statements, std::vector<Meaning> columns, std::string table);
  ~SqliteReader() override;
  Result<bool> next(row::RowBatch& batch) override;

 private:
  std::shared_ptr<Seat> seat_;
  std::vector<Statement> statements_;  ///< The last is being read.
  std::vector<Meaning> columns_;
  std::string table_;
};

}  // namespace itemize::source::sqlite
