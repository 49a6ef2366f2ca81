// CopyDecoder: the bytes of COPY ... (FORMAT binary) as rows. Decodes bytes and nothing else: no socket, no libpq.
// The format: PostgreSQL's manual, COPY, "Binary Format".
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "row/batch.h"
#include "source/postgres/value_decoder.h"

namespace itemize::source::postgres {

class CopyDecoder {
 public:
  /// One decoder a column.
  explicit CopyDecoder(std::vector<ValueDecoder> columns) : columns_(std::move(columns)) {}

  /// `message` is one CopyData message: whole tuples, the first of all after the header, the last before the trailer. It must live as
  /// long as the batch (in its arena), for cells point into it. Errors: the stream itself is not what COPY sends.
  Result<void> decode(std::string_view message, row::RowBatch& batch);
  /// True after the trailer: what ends without it was cut off.
  bool ended() const { return ended_; }
  std::size_t columns() const { return columns_.size(); }

 private:
  Result<std::size_t> skip_header(std::string_view message);

  std::vector<ValueDecoder> columns_;
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace itemize::source::postgres
