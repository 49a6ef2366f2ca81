// RelatedRows: the door to the rows that are joined to others: the local store, or the source itself.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "pipeline/joins.h"
#include "row/batch.h"

namespace itemize::pipeline {

/// One thread.
class RelatedRows {
 public:
  virtual ~RelatedRows() = default;
  /// Before the relations of these rows (as they are read) are asked for.
  virtual Result<void> prepare(const JoinedRows& rows, const row::RowBatch& read) = 0;
  /// Calls `visit` with rows (store/row_codec.h) of that edge key, one or several in each call, until it returns false. The bytes live
  /// during the call only.
  virtual Result<void> find(const Join& join, std::string_view key, const std::function<bool(std::string_view rows)>& visit) = 0;
};

/// Hands every worker its own RelatedRows. Thread-safe.
class Related {
 public:
  virtual ~Related() = default;
  virtual const Joins& joins() const = 0;
  virtual std::unique_ptr<RelatedRows> open() const = 0;
};

/// The edge key of a row: `columns` are its columns, `forms` its key forms. False: it is equal to nothing (NULL somewhere).
inline bool append_edge_key(const std::vector<EdgePart>& parts, const row::Cell* columns, std::size_t column_count, const row::Cell* forms,
                            Buffer& key) {
  key.clear();
  for (const EdgePart& part : parts) {
    const row::Cell& cell = part.cell < column_count ? columns[part.cell] : forms[part.cell - column_count];
    if (!row::append_edge_part(cell, part.side, key)) return false;
  }
  return true;
}

}  // namespace itemize::pipeline
